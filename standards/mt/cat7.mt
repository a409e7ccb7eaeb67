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

message 756 "Advice of Reimbursement or Payment"
  20
  21
  32B
  33A
  53[ABD] ?
  54[ABD] ?
  72Z ?
  79Z ?

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
    23B
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
    23B
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
    23B ?
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
    23B ?
    31E ?
    35G ?
    59 ?
    77L ?
    24E ?
    24G ?
  end

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
