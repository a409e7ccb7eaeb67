message 700 "Issue of a Documentary Credit"
  27
  40A
  20
  23 ?
  31C
  40E
  31D
  51[AD] ?
  50
  59
  32B
  39A ?
  39C ?
  41[AD]
  42C ?
  42[AD] ?
  42M ?
  42P ?
  43P ?
  43T ?
  44A ?
  44E ?
  44F ?
  44B ?
  44C ?
  44D ?
  45A ?
  46A ?
  47A ?
  49G ?
  49H ?
  71D ?
  48 ?
  49
  58[AD] ?
  53[AD] ?
  78 ?
  57[ABD] ?
  72Z ?
  rule C90 : if 42C then 42A or 42D | the drawee in field 42, because field 42C asks for drafts
  rule C90 : if 42A or 42D then 42C | the tenor of the drafts in field 42C, because field 42 names a drawee
  rule C90 : not (42M and 42P) and not ((42A or 42C or 42D) and (42M or 42P)) | one way of payment only: drafts (42C and 42), mixed payment (42M) or deferred payment (42P)
  rule D06 : not (44C and 44D) | a latest date of shipment (44C) or a period (44D), not both

message 701 "Issue of a Documentary Credit"
  27
  20
  45A ?
  46A ?
  47A ?
  49G ?
  49H ?

message 705 "Pre-Advice of a Documentary Credit"
  40A
  20
  31D
  50
  59
  32B
  39A ?
  39C ?
  41[AD] ?
  44A ?
  44E ?
  44F ?
  44B ?
  44C ?
  44D ?
  45A ?
  57[ABD] ?
  79Z ?
  72Z ?
  rule D06 : not (44C and 44D) | a latest date of shipment (44C) or a period (44D), not both

message 707 "Amendment to a Documentary Credit"
  27
  20
  21
  23
  52[AD] ?
  50B ?
  31C
  26E
  30
  22A
  23S ?
  40A ?
  40E ?
  31D ?
  50 ?
  59 ?
  32B ?
  33B ?
  39A ?
  39C ?
  41[AD] ?
  42C ?
  42[AD] ?
  42M ?
  42P ?
  43P ?
  43T ?
  44A ?
  44E ?
  44F ?
  44B ?
  44C ?
  44D ?
  45B ?
  46B ?
  47B ?
  49M ?
  49N ?
  71D ?
  71N ?
  48 ?
  49 ?
  58[AD] ?
  53[AD] ?
  78 ?
  57[ABD] ?
  72Z ?
  rule C12 : not (32B and 33B) | an increase (32B) or a decrease (33B) of the amount, not both
  rule D06 : not (44C and 44D) | a latest date of shipment (44C) or a period (44D), not both
  rule C30 : 23S or 40A or 40E or 31D or 50 or 59 or 32B or 33B or 39A or 39C or 41a or 42a or 43P or 43T or 44A or 44E or 44F or 44B or 44C or 44D or 45B or 46B or 47B or 49M or 49N or 71D or 71N or 48 or 49 or 58a or 53a or 78 or 57a or 72Z | at least one field that says what is amended

message 708 "Amendment to a Documentary Credit"
  27
  20
  21
  23
  26E
  30
  45B ?
  46B ?
  47B ?
  49M ?
  49N ?

message 710 "Advice of a Third Bank's or a Non-Bank's Documentary Credit"
  27
  40B
  20
  21
  23 ?
  31C
  40E
  31D
  52[AD] ?
  50B ?
  51[AD] ?
  50
  59
  32B
  39A ?
  39C ?
  41[AD]
  42C ?
  42[AD] ?
  42M ?
  42P ?
  43P ?
  43T ?
  44A ?
  44E ?
  44F ?
  44B ?
  44C ?
  44D ?
  45A ?
  46A ?
  47A ?
  49G ?
  49H ?
  71D ?
  48 ?
  49
  58[AD] ?
  53[AD] ?
  78 ?
  78D ?
  57[ABD] ?
  72Z ?
  rule C90 : if 42C then 42A or 42D | the drawee in field 42, because field 42C asks for drafts
  rule C90 : if 42A or 42D then 42C | the tenor of the drafts in field 42C, because field 42 names a drawee
  rule C90 : not (42M and 42P) and not ((42A or 42C or 42D) and (42M or 42P)) | one way of payment only: drafts (42C and 42), mixed payment (42M) or deferred payment (42P)
  rule D06 : not (44C and 44D) | a latest date of shipment (44C) or a period (44D), not both
  rule C06 : (52a or 50B) and not (52a and 50B) | the issuer of the credit, as a bank (52) or as another party (50B), not both

message 711 "Advice of a Third Bank's or a Non-Bank's Documentary Credit"
  27
  20
  21
  45A ?
  46A ?
  47A ?
  49G ?
  49H ?

message 720 "Transfer of a Documentary Credit"
  27
  40B
  20
  21
  31C
  40E
  31D
  52[AD] ?
  50B ?
  50
  59
  32B
  39A ?
  39C ?
  41[AD]
  42C ?
  42[AD] ?
  42M ?
  42P ?
  43P ?
  43T ?
  44A ?
  44E ?
  44F ?
  44B ?
  44C ?
  44D ?
  45A ?
  46A ?
  47A ?
  49G ?
  49H ?
  71D ?
  48 ?
  49
  58[AD] ?
  78 ?
  78D ?
  57[ABD] ?
  72Z ?
  rule C90 : if 42C then 42A or 42D | the drawee in field 42, because field 42C asks for drafts
  rule C90 : if 42A or 42D then 42C | the tenor of the drafts in field 42C, because field 42 names a drawee
  rule C90 : not (42M and 42P) and not ((42A or 42C or 42D) and (42M or 42P)) | one way of payment only: drafts (42C and 42), mixed payment (42M) or deferred payment (42P)
  rule D06 : not (44C and 44D) | a latest date of shipment (44C) or a period (44D), not both
  rule C06 : (52a or 50B) and not (52a and 50B) | the issuer of the credit, as a bank (52) or as another party (50B), not both

message 721 "Transfer of a Documentary Credit"
  27
  20
  21
  45A ?
  46A ?
  47A ?
  49G ?
  49H ?

message 730 "Acknowledgement"
  20
  21
  25 ?
  30
  32[BD] ?
  57[AD] ?
  71D ?
  72Z ?
  79Z ?
  rule C77 : not (25 and 57a) | the account to be used in field 25, or the bank in field 57, not both
  rule C78 : if 32D then not 57a | no field 57, because the charges have been debited already (32D)

message 732 "Advice of Discharge"
  20
  21
  30
  32B
  72Z ?

message 734 "Advice of Refusal"
  20
  21
  32A
  73A ?
  33[AB] ?
  57[ABD] ?
  72Z ?
  77J
  77B
  rule C17 : if 73A then 33a | the total amount claimed in field 33, because field 73A claims charges
  rule C02 : if 33a then 33a.currency = 32A.currency | the currency of 32A in field 33

message 740 "Authorisation to Reimburse"
  20
  25 ?
  40F
  31D ?
  58[AD] ?
  59 ?
  32B
  39A ?
  39C ?
  41[AD]
  42C ?
  42[AD] ?
  42M ?
  42P ?
  71A ?
  71D ?
  72Z ?
  rule C90 : if 42C then 42A or 42D | the drawee in field 42, because field 42C asks for drafts
  rule C90 : if 42A or 42D then 42C | the tenor of the drafts in field 42C, because field 42 names a drawee
  rule C90 : not (42M and 42P) and not ((42A or 42C or 42D) and (42M or 42P)) | one way of payment only: drafts (42C and 42), mixed payment (42M) or deferred payment (42P)
  rule D84 : not (58a and 59) | the party that may claim as a bank (58) or as a beneficiary (59), not both

message 742 "Reimbursement Claim"
  20
  21
  31C ?
  52[AD]
  32B
  33B ?
  71D ?
  34[AB]
  57[ABD] ?
  58[AD] ?
  72Z ?

message 744 "Reimbursement Claim"
  20
  21
  52[AD]
  21A
  31C ?
  34[AB]
  73R
  73S
  71D ?
  72Z ?

message 747 "Amendment to an Authorisation to Reimburse"
  20
  21 ?
  30
  31E ?
  32B ?
  33B ?
  34B ?
  39A ?
  39C ?
  72Z ?
  77 ?
  rule C12 : if 32B or 33B then 34B | the new amount in field 34B, because the amount rises (32B) or falls (33B)
  rule C12 : if 34B then 32B or 33B | the increase (32B) or decrease (33B) that leads to the new amount in field 34B
  rule C15 : 31E or 32B or 33B or 34B or 39A or 39C or 72Z or 77 | at least one field that says what is amended
  rule C02 : if 32B and 34B then 34B.currency = 32B.currency | one currency in the amounts
  rule C02 : if 33B and 34B then 34B.currency = 33B.currency | one currency in the amounts

message 750 "Advice of Discrepancy"
  20
  21
  32B
  33B ?
  71D ?
  73A ?
  34B ?
  57[ABD] ?
  72Z ?
  77J
  rule C13 : if 33B or 71D or 73A then 34B | the total amount to be paid in field 34B, because amounts are added (33B) or charges taken (71D, 73A)
  rule C02 : if 34B then 34B.currency = 32B.currency | the currency of 32B in field 34B

message 752 "Authorisation to Pay, Accept or Negotiate"
  20
  21
  23
  30
  32B ?
  71D ?
  33[AB] ?
  53[ABD] ?
  54[ABD] ?
  72Z ?
  79Z ?
  rule C18 : if 32B and 71D then 33a | the net amount in field 33, because charges (71D) are taken from field 32B
  rule C02 : if 32B and 33a then 33a.currency = 32B.currency | the currency of 32B in field 33

message 754 "Advice of Payment/Acceptance/Negotiation"
  20
  21
  32[AB]
  33B ?
  71D ?
  73A ?
  34[AB] ?
  53[ABD] ?
  57[ABD] ?
  58[AD] ?
  72Z ?
  77 ?
  rule C19 : not (72Z and 77) | a text for the receiver in field 72Z or in field 77, not both
  rule C14 : not (53a and 57a) | the reimbursing bank (53) or the account with bank (57), not both
  rule C02 : if 34a then 34a.currency = 32a.currency | the currency of field 32 in field 34

message 756 "Advice of Reimbursement or Payment"
  20
  21
  32B
  33A
  53[ABD] ?
  54[ABD] ?
  72Z ?
  79Z ?
  rule C02 : 33A.currency = 32B.currency | the currency of 32B in field 33A

message 759 "Ancilliary Trade Structured Message"
  27
  20
  21 ?
  22D
  23 ?
  52[AD] ?
  23H
  45D
  23X ?

message 760 "Issue of a Demand Guarantee / Standby Letter of Credit"
  seq A
    15A
    27
    22A
    72Z ?
    23X ?
  end
  seq B
    15B
    20
    30
    22D
    40C
    23B in COND FIXD OPEN
    31E ?
    35G ?
    50 ?
    51 ?
    52[AD]
    59[-A]
    56[AD] ?
    23 ?
    57[AD] ?
    32B
    39F ?
    41[FG] ?
    71D ?
    45C ?
    77U
    49 ?
    58[AD] ?
    44J ?
    23F ?
    78 ?
    26E ?
    31S ?
    48B ?
    48D ?
    39E ?
    45L ?
    24E ?
    24G ?
  end
  seq C ?
    15C
    31C ?
    22D
    40C
    22K ?
    23B in COND FIXD OPEN
    31E ?
    35G ?
    50
    51 ?
    52[AD] ?
    59
    32B
    39F ?
    57[AD] ?
    41[FG] ?
    71D ?
    45C ?
    77L ?
    22Y ?
    40D ?
    44J ?
    23F ?
    78 ?
    26E ?
    31S ?
    48B ?
    48D ?
    39E ?
    45L
    24E ?
    24G ?
  end
  rule E01 each B : if 23B = 'FIXD' then 31E | the date of expiry in field 31E, because the expiry is fixed (23B FIXD)
  rule E01 each B : if 31E then 23B in FIXD COND | no date of expiry in field 31E, because the undertaking has none (23B)
  rule E01 each C : if 23B = 'FIXD' then 31E | the date of expiry in field 31E, because the expiry is fixed (23B FIXD)
  rule E01 each C : if 31E then 23B in FIXD COND | no date of expiry in field 31E, because the undertaking has none (23B)
  rule E02 each B : if 23B = 'COND' then 35G | the condition of expiry in field 35G, because there is one (23B COND)
  rule E02 each B : if 35G then 23B = 'COND' | no field 35G, for the expiry has no condition (23B)
  rule E02 each C : if 23B = 'COND' then 35G | the condition of expiry in field 35G, because there is one (23B COND)
  rule E02 each C : if 35G then 23B = 'COND' | no field 35G, for the expiry has no condition (23B)
  rule E03 each B : if 23B = 'OPEN' then not 23F | no extension in field 23F of an undertaking without end (23B OPEN)
  rule E03 each C : if 23B = 'OPEN' then not 23F | no extension in field 23F of an undertaking without end (23B OPEN)
  rule C17 : if A/22A = 'ISSU' then B/50 | the applicant in field 50 of sequence B, because the message issues the undertaking (22A ISSU)
  rule C18 : if A/22A = 'ISSU' and B/22D = 'STBY' then B/49 | confirmation instructions in field 49, because a standby letter of credit is issued
  rule C18 each B : if 22D = 'DGAR' then not 49 | no confirmation instructions (49) in a demand guarantee (22D DGAR)
  rule C19 : if A/22A in ISCO ICCO then C/22D | sequence C with the local undertaking, because one is requested (22A)
  rule C19 : if C/22D then A/22A in ISCO ICCO | no sequence C, for no local undertaking is requested (22A)
  rule C19 : if A/22A in ISCO ICCO then not (B/48D or B/24E or B/24G) | no field 48D, 24E or 24G in sequence B of a counter-undertaking (22A)
  rule C81 each B : if 57a then 56a | the advising bank in field 56, because field 57 names a second one
  rule C16 each B : if not 23F then not (78 or 26E or 31S) | no field 78, 26E or 31S without an extension in field 23F
  rule C16 each C : if not 23F then not (78 or 26E or 31S) | no field 78, 26E or 31S without an extension in field 23F
  rule C20 each B : if (49 = 'CONFIRM' or 49 = 'MAY ADD') then 58a | the bank that is to confirm in field 58, because field 49 asks for it
  rule C20 each B : if 58a then (49 = 'CONFIRM' or 49 = 'MAY ADD') | no field 58, for field 49 asks for no confirmation

message 761 "Issue of a Demand Guarantee / Standby Letter of Credit"
  27
  20
  52[AD]
  77U ?
  77L ?

message 765 "Guarantee / Standby Letter of Credit Demand"
  20
  21
  23 ?
  52[AD]
  59[-A] ?
  31L ?
  22G
  32B
  78 ?
  49A ?
  77 ?
  31E ?
  31R ?
  56[ABD] ?
  57[ABD] ?
  72Z ?
  23X ?

message 767 "Amendment to a Demand Guarantee / Standby Letter of Credit"
  seq A
    15A
    27
    21
    22A
    23S ?
    72Z ?
    23X ?
  end
  seq B
    15B
    20
    26E
    30
    52[AD]
    23 ?
    32B ?
    33B ?
    23B ? in COND FIXD OPEN
    31E ?
    35G ?
    59[-A] ?
    77U ?
    24E ?
    24G ?
  end
  seq C ?
    15C
    32B ?
    33B ?
    23B ? in COND FIXD OPEN
    31E ?
    35G ?
    59 ?
    77L ?
    24E ?
    24G ?
  end
  rule C12 each B : not (32B and 33B) | an increase (32B) or a decrease (33B) of the amount, not both
  rule C12 each C : not (32B and 33B) | an increase (32B) or a decrease (33B) of the amount, not both
  rule E02 each B : if 23B = 'COND' then 35G | the condition of expiry in field 35G, because there is one (23B COND)
  rule E02 each B : if 35G then 23B = 'COND' | no field 35G, for the expiry has no condition (23B)
  rule E02 each C : if 23B = 'COND' then 35G | the condition of expiry in field 35G, because there is one (23B COND)
  rule E02 each C : if 35G then 23B = 'COND' | no field 35G, for the expiry has no condition (23B)
  rule C19 : if A/22A in ISCA ICCA then C/15C | sequence C with the local undertaking, because its amendment is requested (22A)
  rule C19 : if C/15C then A/22A in ISCA ICCA | no sequence C, for no amendment of a local undertaking is requested (22A)
  rule C98 each C : 32B or 33B or 23B or 31E or 35G or 59 or 77L or 24E or 24G | a field after 15C, which may not stand alone

message 768 "Acknowledgement of a Guarantee / Standby Message"
  20
  21
  25 ?
  30
  32[BD] ?
  57[ABD] ?
  71D ?
  72Z ?
  23X ?
  rule C77 : not (25 and 57a) | the account to be used in field 25, or the bank in field 57, not both
  rule C78 : if 32D then not 57a | no field 57, because the charges have been debited already (32D)

message 769 "Advice of Reduction or Release"
  20
  21
  25 ?
  30 ?
  32[BD] ?
  33B ?
  34B ?
  39C ?
  57[ABD] ?
  71D ?
  72Z ?
  23X ?
  rule C77 : not (25 and 57a) | the account to be used in field 25, or the bank in field 57, not both
  rule C78 : if 32D then not 57a | no field 57, because the charges have been debited already (32D)
  rule C34 : not (33B and 39C) | the amount released in field 33B or in words in field 39C, not both
  rule C33 : if 71D then 32a | the amount of the charges in field 32, because field 71D describes them
  rule C02 : if 33B and 34B then 34B.currency = 33B.currency | the currency of 33B in field 34B

message 775 "Amendment to a Demand Guarantee / Standby Letter of Credit"
  27
  20
  21
  26E
  52[AD]
  77U ?
  77L ?

message 785 "Guarantee / Standby Letter of Credit Non Extension Notification"
  20
  21 ?
  52[AD]
  31C
  59[-A]
  56[AD] ?
  57[AD] ?
  31E ?
  72Z ?
  23X ?

message 786 "Guarantee / Standby Letter of Credit Demand Refusal"
  20
  21 ?
  52[AD]
  30
  32B
  77J
  77B ?
  72Z ?
  23X ?

message 787 "Guarantee / Standby Letter of Credit Amendment Response"
  20
  21
  52[AD]
  26E
  23R
  72Z ?
  23X ?
