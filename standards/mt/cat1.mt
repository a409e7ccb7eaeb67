message 101 "Request for Transfer"
  seq A
    20
    21R ?
    28D
    50[CL] ?
    50[FGH] ?
    52[AC] ?
    51A ?
    30
    25 ?
  end
  seq B +
    21
    21F ?
    23E *
    32B
    50[CL] ?
    50[FGH] ?
    52[AC] ?
    56[ACD] ?
    57[ACD] ?
    59[-AF]
    70 ?
    77B ?
    33B ?
    71A
    25A ?
    36 ?
  end

message 102 "Multiple Customer Credit Transfer"
  seq A
    20
    23
    51A ?
    50[AFK] ?
    52[ABC] ?
    26T ?
    77B ?
    71A ?
    36 ?
  end
  seq B +
    21
    32B
    50[AFK] ?
    52[ABC] ?
    57[AC] ?
    59[-AF]
    70 ?
    26T ?
    77B ?
    33B ?
    71A ?
    71F *
    71G ?
    36 ?
  end
  seq C
    32A
    19 ?
    71G ?
    13C *
    53[AC] ?
    54A ?
    72 ?
  end

message 102.STP "Multiple Customer Credit Transfer"
  seq A
    20
    23
    50[AFK] ?
    52A ?
    26T ?
    77B ?
    71A ?
    36 ?
  end
  seq B +
    21
    32B
    50[AFK] ?
    52A ?
    57A ?
    59[-AF]
    70 ?
    26T ?
    77B ?
    33B ?
    71A ?
    71F *
    71G ?
    36 ?
  end
  seq C
    32A
    19 ?
    71G ?
    13C *
    53[AC] ?
    54A ?
    72 ?
  end

message 103 "Single Customer Credit Transfer"
  20
  13C *
  23B
  23E *
  26T ?
  32A
  33B ?
  36 ?
  50[AFK]
  51A ?
  52[AD] ?
  53[ABD] ?
  54[ABD] ?
  55[ABD] ?
  56[ACD] ?
  57[ABCD] ?
  59[-AF]
  70 ?
  71A
  71F *
  71G ?
  72 ?
  77B ?

message 103.REMIT "Single Customer Credit Transfer"
  20
  13C *
  23B
  23E *
  26T ?
  32A
  33B ?
  36 ?
  50[AFK]
  51A ?
  52[AD] ?
  53[ABD] ?
  54[ABD] ?
  55[ABD] ?
  56[ACD] ?
  57[ABCD] ?
  59[-AF]
  71A
  71F *
  71G ?
  72 ?
  77B ?
  77T

message 103.STP "Single Customer Credit Transfer"
  20
  13C *
  23B
  23E *
  26T ?
  32A
  33B ?
  36 ?
  50[AFK]
  52A ?
  53[AB] ?
  54A ?
  55A ?
  56A ?
  57A ?
  59[-AF]
  70 ?
  71A
  71F *
  71G ?
  72 ?
  77B ?

message 104 "Direct Debit and Request for Debit Transfer Message"
  seq A
    20
    21R ?
    23E ?
    21E ?
    30
    51A ?
    50[CL] ?
    50[AK] ?
    52[ACD] ?
    26T ?
    77B ?
    71A ?
    72 ?
  end
  seq B +
    21
    23E ?
    21C ?
    21D ?
    21E ?
    32B
    50[CL] ?
    50[AK] ?
    52[ACD] ?
    57[ACD] ?
    59[-A]
    70 ?
    26T ?
    77B ?
    33B ?
    71A ?
    71F ?
    71G ?
    36 ?
  end
  seq C ?
    32B
    19 ?
    71F ?
    71G ?
    53[AB] ?
  end

message 105 "EDIFACT Envelope"
  27
  20
  21
  12
  77F

message 107 "General Direct Debit Message"
  seq A
    20
    23E ?
    21E ?
    30
    51A ?
    50[CL] ?
    50[AK] ?
    52[ACD] ?
    26T ?
    77B ?
    71A ?
    72 ?
  end
  seq B +
    21
    23E ?
    21C ?
    21D ?
    21E ?
    32B
    50[CL] ?
    50[AK] ?
    52[ACD] ?
    57[ACD] ?
    59[-A]
    70 ?
    26T ?
    77B ?
    33B ?
    71A ?
    71F ?
    71G ?
    36 ?
  end
  seq C
    32B
    19 ?
    71F ?
    71G ?
    53[AB] ?
  end

message 110 "Advice of Cheque(s)"
  20
  53[ABD] ?
  54[ABD] ?
  72 ?
  seq loop1 +
    21
    30
    32[AB]
    50[AFK] ?
    52[ABD] ?
    59[-F]
  end

message 111 "Request for Stop Payment of a Cheque"
  20
  21
  30
  32[AB]
  52[ABD] ?
  59 ?
  75 ?

message 112 "Status of a Request for Stop Payment of a Cheque"
  20
  21
  30
  32[AB]
  52[ABD] ?
  59 ?
  76
