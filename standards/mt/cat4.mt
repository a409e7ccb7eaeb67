message 400 "Advice of Payment"
  20
  21
  32[ABK]
  33A
  52[AD] ?
  53[ABD] ?
  54[ABD] ?
  57[AD] ?
  58[ABD] ?
  71B ?
  72 ?
  73 ?

message 410 "Acknowledgement"
  seq loop1 +
    20
    21
    32[ABK]
  end
  72 ?

message 412 "Advice of Acceptance"
  seq loop1 +
    20
    21
    32A
  end
  72 ?

message 416 "Advice of Non-Payment/Non-Acceptance"
  seq A
    20
    21
    23E ?
    51A ?
    53[AB] ?
    71F ?
    77A ?
  end
  seq B +
    21A
    23E ?
    21C ?
    32[ABK]
    50D ?
    59 ?
    71F ?
    77A ?
  end

message 420 "Tracer"
  seq loop1 +
    20
    21
    32[ABK]
  end
  30 ?
  59 ?
  72 ?

message 422 "Advice of Fate and Request for Instructions"
  seq loop1 +
    20
    21
    32[ABK] ?
  end
  72 ?
  75 ?
  76 ?

message 430 "Amendment of Instructions"
  seq A +
    20
    21
    32[AK] ?
    33[AK] ?
  end
  seq B ?
    59 ?
    72 ?
    74 ?
  end

message 450 "Cash Letter Credit Advice"
  25 ?
  72 ?
  seq loop1 +
    20
    21
    30
    32A
    52[ABD] ?
  end

message 455 "Cash Letter Credit Adjustment Advice"
  20
  21
  25 ?
  30
  32A
  33[CD]
  52[ABD] ?
  77A

message 456 "Advice of Dishonour"
  25 ?
  52[ABD] ?
  72 ?
  seq loop1 +
    20
    21
    32[AB]
    33D
    71B ?
    77A
    77D
    72 ?
  end
