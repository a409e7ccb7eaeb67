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
    23E * in CHQB CMSW CMTO CMZB CORT EQUI INTC NETS OTHR PHON REPA RTGS URGP
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
    71A in BEN OUR SHA
    25A ?
    36 ?
  end
  rule D54 each B : if 36 then 21F | the reference of the exchange deal in field 21F, because field 36 gives a rate
  rule D60 each B : if 36 then 33B | the amount in the original currency in field 33B, because field 36 gives a rate
  rule D60 each B : if 33B and not call zero_amount then 36 | the exchange rate in field 36, because field 33B gives the original amount
  rule D60 each B : if 36 then not call zero_amount | no exchange rate in field 36 with an amount of zero in field 32B
  rule D61 each B : if A/50F or A/50G or A/50H then not (50F or 50G or 50H) | the account to debit in sequence A only, because it stands there
  rule D61 each B : if not (A/50F or A/50G or A/50H) then 50F or 50G or 50H | the account to debit (50F, G or H) in sequence A or in each sequence B
  rule D62 each B : if A/50C or A/50L then not (50C or 50L) | the instructing party (50C or L) in sequence A or B, not in both
  rule D68 each B : if 33B then 33B.currency != 32B.currency | another currency in field 33B than in field 32B
  rule D64 each B : if A/52a then not 52a | field 52 in sequence A or B, not in both
  rule D65 each B : if 56a then 57a | field 57 with the account holding bank, because field 56 is there
  rule D98 : if 21R then B/32B.currency = B/32B.currency | one currency in all fields 32B, because field 21R is there

message 102 "Multiple Customer Credit Transfer"
  seq A
    20
    23
    51A ?
    50[AFK] ?
    52[ABC] ?
    26T ?
    77B ?
    71A ? in BEN OUR SHA
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
    71A ? in BEN OUR SHA
    71F *
    71G ?
    36 ?
  end
  seq C
    32A
    19 ?
    71G ?
    13C * in CLSTIME RNCTIME SNDTIME
    53[AC] ?
    54A ?
    72 ?
  end
  rule C01 : if 19 then sum B/32B = 19 | the sum of all fields 32B in field 19
  rule C02 : if C/71G then C/71G.currency = C/32A.currency | the currency of 32A in field 71G
  rule C02 : B/32B.currency = C/32A.currency | the currency of 32A in all fields 32B
  rule D17 each B : if A/50a then not 50a | field 50 in sequence A or in each sequence B, not in both
  rule D17 each B : if not A/50a then 50a | field 50 in sequence A or in each sequence B
  rule D20 each B : if A/71A then not 71A | field 71A in sequence A or in each sequence B, not in both
  rule D20 each B : if not A/71A then 71A | field 71A in sequence A or in each sequence B
  rule D18 each B : if A/52a then not 52a | field 52 in sequence A or B, not in both
  rule D18 each B : if A/26T then not 26T | field 26T in sequence A or B, not in both
  rule D18 each B : if A/77B then not 77B | field 77B in sequence A or B, not in both
  rule E13 each B : if 71A = 'OUR' or A/71A = 'OUR' then not 71F | no field 71F where the ordering customer bears the charges (71A OUR)
  rule D50 each B : if 71A = 'SHA' or A/71A = 'SHA' then not 71G | no field 71G where the charges are shared (71A SHA)
  rule E15 each B : if 71A = 'BEN' or A/71A = 'BEN' then 71F and not 71G | field 71F and no field 71G where the beneficiary bears the charges (71A BEN)
  rule D51 each B : if 71F or 71G then 33B | field 33B with the instructed amount, for there are charges in 71F or 71G
  rule D93 each B : if A/23 = 'CHQB' then not 59a.account | no account in field 59 when cheques are to be paid (23 CHQB)
  rule D93 each B : if A/23 in CREDIT SPAY then 59a.account | an account in field 59 of a credit (23)

message 102.STP "Multiple Customer Credit Transfer"
  seq A
    20
    23
    50[AFK] ?
    52A ?
    26T ?
    77B ?
    71A ? in BEN OUR SHA
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
    71A ? in BEN OUR SHA
    71F *
    71G ?
    36 ?
  end
  seq C
    32A
    19 ?
    71G ?
    13C * in CLSTIME RNCTIME SNDTIME
    53[AC] ?
    54A ?
    72 ?
  end
  rule C01 : if 19 then sum B/32B = 19 | the sum of all fields 32B in field 19
  rule C02 : if C/71G then C/71G.currency = C/32A.currency | the currency of 32A in field 71G
  rule C02 : B/32B.currency = C/32A.currency | the currency of 32A in all fields 32B
  rule D17 each B : if A/50a then not 50a | field 50 in sequence A or in each sequence B, not in both
  rule D17 each B : if not A/50a then 50a | field 50 in sequence A or in each sequence B
  rule D20 each B : if A/71A then not 71A | field 71A in sequence A or in each sequence B, not in both
  rule D20 each B : if not A/71A then 71A | field 71A in sequence A or in each sequence B
  rule D18 each B : if A/52a then not 52a | field 52 in sequence A or B, not in both
  rule D18 each B : if A/26T then not 26T | field 26T in sequence A or B, not in both
  rule D18 each B : if A/77B then not 77B | field 77B in sequence A or B, not in both
  rule E10 each B : if 59a then 59a.account | an account in field 59
  rule E13 each B : if 71A = 'OUR' or A/71A = 'OUR' then not 71F | no field 71F where the ordering customer bears the charges (71A OUR)
  rule D50 each B : if 71A = 'SHA' or A/71A = 'SHA' then not 71G | no field 71G where the charges are shared (71A SHA)
  rule E15 each B : if 71A = 'BEN' or A/71A = 'BEN' then 71F and not 71G | field 71F and no field 71G where the beneficiary bears the charges (71A BEN)
  rule D51 each B : if 71F or 71G then 33B | field 33B with the instructed amount, for there are charges in 71F or 71G

message 103 "Single Customer Credit Transfer"
  20
  13C * in CLSTIME RNCTIME SNDTIME
  23B in CRED CRTS SPAY SPRI SSTD
  23E * in CHQB CORT HOLD INTC PHOB PHOI PHON REPA SDVA TELB TELE TELI
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
  71A in BEN OUR SHA
  71F *
  71G ?
  72 ?
  77B ?
  rule D75 : if 33B and 33B.currency != 32A.currency then 36 | an exchange rate in field 36, for 33B and 32A are in different currencies
  rule D75 : if 36 then 33B.currency != 32A.currency | no exchange rate in field 36 without a field 33B in another currency than 32A
  rule D49 : 33B or not call european_pair | field 33B between these two countries
  rule E01 : if 23B = 'SPRI' then all 23E.instruction-code in SDVA TELB PHOB INTC | only SDVA, TELB, PHOB or INTC in field 23E with 23B SPRI
  rule E02 : if 23B in SSTD SPAY then not 23E | no field 23E with 23B SSTD or SPAY
  rule E03 : if 23B in SPRI SSTD SPAY then not 53D | no option D of field 53 at this service level (23B)
  rule E04 : if 23B in SPRI SSTD SPAY and 53B then 53B.account | an account in field 53B at this service level (23B)
  rule E05 : if 23B in SPRI SSTD SPAY then not 54B and not 54D | option A of field 54 at this service level (23B)
  rule E06 : if 55a then 53a and 54a | fields 53 and 54, because field 55 is there
  rule E07 : if 23B in SPRI SSTD SPAY then not 55B and not 55D | option A of field 55 at this service level (23B)
  rule C81 : if 56a then 57a | field 57 with the account holding bank, because field 56 is there
  rule E16 : if 23B = 'SPRI' then not 56a | no field 56 with 23B SPRI
  rule E17 : if 23B in SSTD SPAY then not 56D | option A or C of field 56 with 23B SSTD or SPAY
  rule E09 : if 23B in SPRI SSTD SPAY then not 57B | option A, C or D of field 57 at this service level (23B)
  rule E09 : if 23B in SPRI SSTD SPAY and 57D then 57D.account | an account in field 57D at this service level (23B)
  rule E10 : if 23B in SPRI SSTD SPAY then 59a.account | an account in field 59 at this service level (23B)
  rule E18 : if 23E.instruction-code in CHQB then not 59a.account | no account in field 59 when a cheque is to be paid (23E CHQB)
  rule E13 : if 71A = 'OUR' then not 71F | no field 71F where the ordering customer bears the charges (71A OUR)
  rule D50 : if 71A = 'SHA' then not 71G | no field 71G where the charges are shared (71A SHA)
  rule E15 : if 71A = 'BEN' then 71F and not 71G | field 71F and no field 71G where the beneficiary bears the charges (71A BEN)
  rule D51 : if 71F or 71G then 33B | field 33B with the instructed amount, for there are charges in 71F or 71G
  rule E44 : if not 56a then not 23E.instruction-code in TELI PHOI | no TELI or PHOI in field 23E without field 56
  rule E45 : if not 57a then not 23E.instruction-code in TELE PHON | no TELE or PHON in field 23E without field 57
  rule E46 : if 23E then call codes_once | each code once in field 23E
  rule D97 : if 23E then call details_allowed | text after a code of field 23E only with PHON, PHOB, PHOI, TELE, TELB, TELI, HOLD or REPA
  rule C02 : if 71G then 71G.currency = 32A.currency | the currency of 32A in field 71G

message 103.REMIT "Single Customer Credit Transfer"
  20
  13C * in CLSTIME RNCTIME SNDTIME
  23B in CRED CRTS SPAY SPRI SSTD
  23E * in CHQB CORT HOLD INTC PHOB PHOI PHON REPA SDVA TELB TELE TELI
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
  71A in BEN OUR SHA
  71F *
  71G ?
  72 ?
  77B ?
  77T
  rule D75 : if 33B and 33B.currency != 32A.currency then 36 | an exchange rate in field 36, for 33B and 32A are in different currencies
  rule D75 : if 36 then 33B.currency != 32A.currency | no exchange rate in field 36 without a field 33B in another currency than 32A
  rule D49 : 33B or not call european_pair | field 33B between these two countries
  rule E01 : if 23B = 'SPRI' then all 23E.instruction-code in SDVA TELB PHOB INTC | only SDVA, TELB, PHOB or INTC in field 23E with 23B SPRI
  rule E02 : if 23B in SSTD SPAY then not 23E | no field 23E with 23B SSTD or SPAY
  rule E03 : if 23B in SPRI SSTD SPAY then not 53D | no option D of field 53 at this service level (23B)
  rule E04 : if 23B in SPRI SSTD SPAY and 53B then 53B.account | an account in field 53B at this service level (23B)
  rule E05 : if 23B in SPRI SSTD SPAY then not 54B and not 54D | option A of field 54 at this service level (23B)
  rule E06 : if 55a then 53a and 54a | fields 53 and 54, because field 55 is there
  rule E07 : if 23B in SPRI SSTD SPAY then not 55B and not 55D | option A of field 55 at this service level (23B)
  rule C81 : if 56a then 57a | field 57 with the account holding bank, because field 56 is there
  rule E16 : if 23B = 'SPRI' then not 56a | no field 56 with 23B SPRI
  rule E17 : if 23B in SSTD SPAY then not 56D | option A or C of field 56 with 23B SSTD or SPAY
  rule E09 : if 23B in SPRI SSTD SPAY then not 57B | option A, C or D of field 57 at this service level (23B)
  rule E09 : if 23B in SPRI SSTD SPAY and 57D then 57D.account | an account in field 57D at this service level (23B)
  rule E10 : if 23B in SPRI SSTD SPAY then 59a.account | an account in field 59 at this service level (23B)
  rule E18 : if 23E.instruction-code in CHQB then not 59a.account | no account in field 59 when a cheque is to be paid (23E CHQB)
  rule E13 : if 71A = 'OUR' then not 71F | no field 71F where the ordering customer bears the charges (71A OUR)
  rule D50 : if 71A = 'SHA' then not 71G | no field 71G where the charges are shared (71A SHA)
  rule E15 : if 71A = 'BEN' then 71F and not 71G | field 71F and no field 71G where the beneficiary bears the charges (71A BEN)
  rule D51 : if 71F or 71G then 33B | field 33B with the instructed amount, for there are charges in 71F or 71G
  rule E44 : if not 56a then not 23E.instruction-code in TELI PHOI | no TELI or PHOI in field 23E without field 56
  rule E45 : if not 57a then not 23E.instruction-code in TELE PHON | no TELE or PHON in field 23E without field 57
  rule E46 : if 23E then call codes_once | each code once in field 23E
  rule D97 : if 23E then call details_allowed | text after a code of field 23E only with PHON, PHOB, PHOI, TELE, TELB, TELI, HOLD or REPA
  rule C02 : if 71G then 71G.currency = 32A.currency | the currency of 32A in field 71G

message 103.STP "Single Customer Credit Transfer"
  20
  13C * in CLSTIME RNCTIME SNDTIME
  23B in CRED CRTS SPAY SPRI SSTD
  23E * in CORT INTC REPA SDVA
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
  71A in BEN OUR SHA
  71F *
  71G ?
  72 ?
  77B ?
  rule D75 : if 33B and 33B.currency != 32A.currency then 36 | an exchange rate in field 36, for 33B and 32A are in different currencies
  rule D75 : if 36 then 33B.currency != 32A.currency | no exchange rate in field 36 without a field 33B in another currency than 32A
  rule D49 : 33B or not call european_pair | field 33B between these two countries
  rule E01 : if 23B = 'SPRI' then all 23E.instruction-code in SDVA INTC | only SDVA or INTC in field 23E with 23B SPRI
  rule E02 : if 23B in SSTD SPAY then not 23E | no field 23E with 23B SSTD or SPAY
  rule E04 : if 53B then 53B.account | an account in field 53B
  rule E06 : if 55A then 53a and 54a | fields 53 and 54, because field 55 is there
  rule E10 : if 59a then 59a.account | an account in field 59
  rule C81 : if 56a then 57a | field 57 with the account holding bank, because field 56 is there
  rule E16 : if 23B = 'SPRI' then not 56a | no field 56 with 23B SPRI
  rule E13 : if 71A = 'OUR' then not 71F | no field 71F where the ordering customer bears the charges (71A OUR)
  rule D50 : if 71A = 'SHA' then not 71G | no field 71G where the charges are shared (71A SHA)
  rule E15 : if 71A = 'BEN' then 71F and not 71G | field 71F and no field 71G where the beneficiary bears the charges (71A BEN)
  rule D51 : if 71F or 71G then 33B | field 33B with the instructed amount, for there are charges in 71F or 71G
  rule E46 : if 23E then call codes_once | each code once in field 23E
  rule C02 : if 71G then 71G.currency = 32A.currency | the currency of 32A in field 71G

message 104 "Direct Debit and Request for Debit Transfer Message"
  seq A
    20
    21R ?
    23E ? in AUTH NAUT OTHR RFDD RTND
    21E ?
    30
    51A ?
    50[CL] ?
    50[AK] ?
    52[ACD] ?
    26T ?
    77B ?
    71A ? in BEN OUR SHA
    72 ?
  end
  seq B +
    21
    23E ? in AUTH NAUT OTHR RFDD RTND
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
    71A ? in BEN OUR SHA
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
  rule C75 each B : if A/23E and A/23E.instruction-code != 'RFDD' then not 23E | field 23E in sequence A only, because it stands there and is not RFDD
  rule C75 each B : if not A/23E or A/23E.instruction-code = 'RFDD' then 23E | field 23E in each sequence B
  rule C76 each B : if A/50A or A/50K then not (50A or 50K) | the creditor (50A or K) in sequence A or in each sequence B, not in both
  rule C76 each B : if not (A/50A or A/50K) then 50A or 50K | the creditor (50A or K) in sequence A or in each sequence B
  rule D73 each B : if A/21E then not 21E | field 21E in sequence A or B, not in both
  rule D73 each B : if A/26T then not 26T | field 26T in sequence A or B, not in both
  rule D73 each B : if A/52a then not 52a | field 52 in sequence A or B, not in both
  rule D73 each B : if A/71A then not 71A | field 71A in sequence A or B, not in both
  rule D73 each B : if A/77B then not 77B | field 77B in sequence A or B, not in both
  rule D73 each B : if A/50C or A/50L then not (50C or 50L) | the instructing party (50C or L) in sequence A or B, not in both
  rule D77 : if A/21E then A/50A or A/50K | the creditor (50A or K) in sequence A, because field 21E is there
  rule D77 each B : if 21E then 50A or 50K | the creditor (50A or K) in this sequence B, because field 21E is there
  rule D79 : if B/71F then not C/32B or C/71F | the sum of charges in field 71F of sequence C
  rule D79 : if C/71F then B/71F | no field 71F in sequence C without one in sequence B
  rule D79 : if B/71G then not C/32B or C/71G | the sum of charges in field 71G of sequence C
  rule D79 : if C/71G then B/71G | no field 71G in sequence C without one in sequence B
  rule D75 each B : if 33B and 33B.currency != 32B.currency then 36 | an exchange rate in field 36, for 33B and 32B are in different currencies
  rule D75 each B : if 36 then 33B.currency != 32B.currency | no exchange rate in field 36 without a field 33B in another currency than 32B
  rule D80 : if C/32B and sum B/32B = C/32B then not 19 | no field 19, because 32B of sequence C is the sum already
  rule D80 : if C/32B and not sum B/32B = C/32B then 19 | the sum of all fields 32B in field 19
  rule C01 : if 19 then sum B/32B = 19 | the sum of all fields 32B in field 19
  rule C02 : if C/32B then B/32B.currency = C/32B.currency | one currency in all fields 32B

message 105 "EDIFACT Envelope"
  27
  20
  21
  12
  77F

message 107 "General Direct Debit Message"
  seq A
    20
    23E ? in AUTH NAUT OTHR RTND
    21E ?
    30
    51A ?
    50[CL] ?
    50[AK] ?
    52[ACD] ?
    26T ?
    77B ?
    71A ? in BEN OUR SHA
    72 ?
  end
  seq B +
    21
    23E ? in AUTH NAUT OTHR RTND
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
    71A ? in BEN OUR SHA
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
  rule D86 each B : if A/23E then not 23E | field 23E in sequence A or in each sequence B, not in both
  rule D86 each B : if not A/23E then 23E | field 23E in sequence A or in each sequence B
  rule D86 each B : if A/50A or A/50K then not (50A or 50K) | the creditor (50A or K) in sequence A or in each sequence B, not in both
  rule D86 each B : if not (A/50A or A/50K) then 50A or 50K | the creditor (50A or K) in sequence A or in each sequence B
  rule D73 each B : if A/21E then not 21E | field 21E in sequence A or B, not in both
  rule D73 each B : if A/26T then not 26T | field 26T in sequence A or B, not in both
  rule D73 each B : if A/52a then not 52a | field 52 in sequence A or B, not in both
  rule D73 each B : if A/71A then not 71A | field 71A in sequence A or B, not in both
  rule D73 each B : if A/77B then not 77B | field 77B in sequence A or B, not in both
  rule D73 each B : if A/50C or A/50L then not (50C or 50L) | the instructing party (50C or L) in sequence A or B, not in both
  rule D77 : if A/21E then A/50A or A/50K | the creditor (50A or K) in sequence A, because field 21E is there
  rule D77 each B : if 21E then 50A or 50K | the creditor (50A or K) in this sequence B, because field 21E is there

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
  rule T10 : count 21 <= 10 | at most ten cheques
  rule C02 : 32a.currency = 32a.currency | one currency in all fields 32

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
