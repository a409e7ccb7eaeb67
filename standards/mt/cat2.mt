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
  rule C01 : sum 32B = 19 | the sum of all fields 32B in field 19
  rule C02 : 32B.currency = 32B.currency | one currency in all fields 32B
  rule T10 : count 20 <= 10 | at most ten transfers

message 202 "General Financial Institution Transfer"
  20
  21
  13C * in CLSTIME RNCTIME SNDTIME
  32A
  52[AD] ?
  53[ABD] ?
  54[ABD] ?
  56[AD] ?
  57[ABD] ?
  58[AD]
  72 ?
  rule C81 : if 56a then 57a | field 57 with the account holding bank, because field 56 is there

message 202.COV "General Financial Institution Transfer"
  seq A
    20
    21
    13C * in CLSTIME RNCTIME SNDTIME
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
  rule C81 : if A/56a then A/57a | field 57 in sequence A, because field 56 is there
  rule C68 : if B/56a then B/57a | field 57 in sequence B, because field 56 is there

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
  rule C01 : sum 32B = 19 | the sum of all fields 32B in field 19
  rule C02 : 32B.currency = 32B.currency | one currency in all fields 32B
  rule C81 each loop1 : if 56a then 57a | field 57 with the account holding bank, because field 56 is there
  rule T10 : count 20 <= 10 | at most ten transfers

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
  rule C01 : sum 32B = 19 | the sum of all fields 32B in field 19
  rule C02 : 32B.currency = 32B.currency | one currency in all fields 32B
  rule T10 : count 32B <= 10 | at most ten transactions

message 205 "Financial Institution Transfer Execution"
  20
  21
  13C * in CLSTIME RNCTIME SNDTIME
  32A
  52[AD]
  53[ABD] ?
  56[AD] ?
  57[ABD] ?
  58[AD]
  72 ?
  rule C81 : if 56a then 57a | field 57 with the account holding bank, because field 56 is there

message 205.COV "Financial Institution Transfer Execution"
  seq A
    20
    21
    13C * in CLSTIME RNCTIME SNDTIME
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
  rule C81 : if A/56a then A/57a | field 57 in sequence A, because field 56 is there
  rule C68 : if B/56a then B/57a | field 57 in sequence B, because field 56 is there

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
  rule T10 : count 21 <= 10 | at most ten notices
  rule C06 each loop1 : (50a or 52a) and not (50a and 52a) | either field 50 or field 52
  rule C02 : 32B.currency = 32B.currency | one currency in all fields 32B
