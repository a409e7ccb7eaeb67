message 900 "Confirmation of Debit"
  20
  21
  25[-P]
  13D ?
  32A
  52[AD] ?
  72 ?

message 910 "Confirmation of Credit"
  20
  21
  25[-P]
  13D ?
  32A
  50[AFK] ?
  52[AD] ?
  56[AD] ?
  72 ?

message 920 "Request Message"
  20
  seq loop1 +
    12
    25
    34F ?
    34F ?
  end

message 935 "Rate Change Advice"
  20
  seq a +
    23 ?
    25 ?
    30
    37H +
  end
  72 ?

message 940 "Customer Statement Message"
  20
  21 ?
  25[-P]
  28C
  60[FM]
  seq a *
    61 ?
    86 ?
  end
  62[FM]
  64 ?
  65 *
  86 ?

message 941 "Balance Report"
  20
  21 ?
  25[-P]
  28
  13D ?
  60F ?
  90D ?
  90C ?
  62F
  64 ?
  65 *
  86 ?

message 942 "Interim Transaction Report"
  20
  21 ?
  25[-P]
  28C
  34F +
  13D
  seq a *
    61 ?
    86 ?
  end
  90D ?
  90C ?
  86 ?

message 950 "Statement Message"
  20
  25
  28C
  60[FM]
  61 *
  62[FM]
  64 ?

message 970 "Netting Statement"
  20
  25
  28C
  60[FM]
  61 *
  62[FM]
  64 ?

message 971 "Netting Balance Report"
  20
  seq a +
    25
    62F
  end

message 972 "Netting Interim Statement"
  20
  25
  28C
  60[FM]
  61 *
  62[FM]
  64 ?

message 973 "Netting Request Message"
  20
  seq loop1 +
    12
    25
  end

message 985 "Status Enquiry"
  20
  57[ABD] ?
  59
  75 ?

message 986 "Status Report"
  20
  21
  59 ?
  79
