message 200 "Financial Institution Transfer for its Own Account"
  20
  32A
  53B ?
  56[AD] ?
  57[ABD]
  72 ?

message 201 "Multiple Financial Institution Transfer for its Own Account"
  19
  30
  53B ?
  72 ?
  seq loop1 +
    20
    32B
    56[AD] ?
    57[ABD]
    72 ?
  end

message 202 "General Financial Institution Transfer"
  20
  21
  13C *
  32A
  52[AD] ?
  53[ABD] ?
  54[ABD] ?
  56[AD] ?
  57[ABD] ?
  58[AD]
  72 ?

message 202.COV "General Financial Institution Transfer"
  seq A
    20
    21
    13C *
    32A
    52[AD] ?
    53[ABD] ?
    54[ABD] ?
    56[AD] ?
    57[ABD] ?
    58[AD]
    72 ?
  end
  seq B
    50[AFK]
    52[AD] ?
    56[ACD] ?
    57[ABCD] ?
    59[-AF]
    70 ?
    72 ?
    33B ?
  end

message 203 "Multiple General Financial Institution Transfer"
  19
  30
  52[AD] ?
  53[ABD] ?
  54[ABD] ?
  72 ?
  seq loop1 +
    20
    21
    32B
    56[AD] ?
    57[ABD] ?
    58[AD]
    72 ?
  end

message 204 "Financial Markets Direct Debit Message"
  seq A
    20
    19
    30
    57[ABD] ?
    58[AD] ?
    72 ?
  end
  seq B +
    20
    21 ?
    32B
    53[ABD]
    72 ?
  end

message 205 "Financial Institution Transfer Execution"
  20
  21
  13C *
  32A
  52[AD]
  53[ABD] ?
  56[AD] ?
  57[ABD] ?
  58[AD]
  72 ?

message 205.COV "Financial Institution Transfer Execution"
  seq A
    20
    21
    13C *
    32A
    52[AD]
    53[ABD] ?
    56[AD] ?
    57[ABD] ?
    58[AD]
    72 ?
  end
  seq B
    50[AFK]
    52[AD] ?
    56[ACD] ?
    57[ABCD] ?
    59[-AF]
    70 ?
    72 ?
    33B ?
  end

message 210 "Notice to Receive"
  20
  25 ?
  30
  seq loop1 +
    21
    32B
    50[-CF] ?
    52[AD] ?
    56[AD] ?
  end
