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
  rule C11 : if 57a then 53a and 54a | fields 53 and 54, because field 57 names the bank that the money reaches through them
  rule C02 : 33A.currency = 32a.currency | the currency of field 32 in field 33A

message 410 "Acknowledgement"
  seq loop1 +
    20
    21
    32[ABK]
  end
  72 ?
  rule T10 : count 21 <= 10 | at most ten collections in one message
  rule C02 : 32a.currency = 32a.currency | one currency in all fields 32

message 412 "Advice of Acceptance"
  seq loop1 +
    20
    21
    32A
  end
  72 ?
  rule T10 : count 21 <= 10 | at most ten collections in one message
  rule C02 : 32a.currency = 32a.currency | one currency in all fields 32

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
  rule D78 each B : if A/23E then not 23E | the reason (23E) in sequence A or in each sequence B, not in both
  rule D78 each B : if not A/23E then 23E | the reason (23E) in sequence A or in each sequence B
  rule D83 each B : if A/71F then not 71F | field 71F in sequence A or in sequences B, not in both
  rule D83 each B : if A/77A then not 77A | field 77A in sequence A or in sequences B, not in both
  rule C02 : B/32a.currency = B/32a.currency | one currency in all amounts
  rule C02 : if 71F then 71F.currency = B/32a.currency | one currency in all amounts

message 420 "Tracer"
  seq loop1 +
    20
    21
    32[ABK]
  end
  30 ?
  59 ?
  72 ?
  rule T10 : count 21 <= 10 | at most ten collections in one message
  rule C02 : 32a.currency = 32a.currency | one currency in all fields 32

message 422 "Advice of Fate and Request for Instructions"
  seq loop1 +
    20
    21
    32[ABK] ?
  end
  72 ?
  75 ?
  76 ?
  rule C10 : 72 or 75 or 76 | a text in field 72, 75 or 76
  rule T10 : count 21 <= 10 | at most ten collections in one message
  rule C02 : if 32a then 32a.currency = 32a.currency | one currency in all fields 32

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
  rule T10 : count 21 <= 10 | at most ten collections in one message
  rule C09 each A : if 33a then 32a | the amount as it was in field 32, because field 33 gives it as amended
  rule C26 : A/32a or B/74 | the amount as it was (32) or the amendment in words (74)

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
  rule T10 : count 21 <= 10 | at most ten cash letters in one message
  rule C02 : 32A.currency = 32A.currency | one currency in all fields 32A

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
