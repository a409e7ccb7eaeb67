message 008 "System Request to Quit"
  173

message 009 "System Request to Logout"
  173

message 010 "Non-Delivery Warning"
  106
  108 ?
  431
  102
  104

message 011 "Delivery Notification"
  175
  106
  108 ?
  175
  107

message 012 "Sender Notification"
  175
  106
  108 ?
  102
  103
  114

message 015 "Delayed NAK"
  405

message 019 "Abort Notification"
  175
  106
  108 ?
  102
  107 ?
  432
  619 ?

message 020 "Retrieval Request"
  102
  seq a ?
    seq a1 ?
      251
    end
    seq a2 ?
      252
    end
    seq a3 ?
      253
    end
    seq a4 ?
      254
    end
    seq a5 ?
      255
      152 ?
    end
    seq a6 ?
      257
      152 ?
    end
    seq a7 ?
      258
      153 ?
    end
    seq a8 ?
      260
      153 ?
    end
    seq a9 ?
      256
      152 ?
    end
    seq a10 ?
      259
      153 ?
    end
    seq a11 ?
      263
      108
      152 ?
    end
    seq a12 ?
      264
      108
      153 ?
    end
  end

message 021 "Retrieval Request"
  202
  203
  280
  108 ?
  431 ?
  281 ?
  seq a ?
    seq a1 ?
      252
    end
    seq a2 ?
      254
    end
    seq a3 ?
      255
      152 ?
    end
    seq a4 ?
      256
      152 ?
    end
    seq a5 ?
      257
      152 ?
    end
    seq a6 ?
      258
      153 ?
    end
    seq a7 ?
      259
      153 ?
    end
    seq a8 ?
      260
      153 ?
    end
    # As in 023.
    seq a9 {0,2}
      421
      152 ?
      153 ?
    end
  end
  seq b ?
    202
    203
    421
  end

message 022 "Retrieval Request (History)"
  102
  seq a ?
    seq a1 ?
      251
    end
    seq a2 ?
      252
    end
    seq a3 ?
      253
    end
    seq a4 ?
      254
    end
    seq a5 ?
      255
      152 ?
    end
    seq a6 ?
      257
      152 ?
    end
    seq a7 ?
      258
      153 ?
    end
    seq a8 ?
      260
      153 ?
    end
    seq a9 ?
      256
      152 ?
    end
    seq a10 ?
      259
      153 ?
    end
    seq a11 ?
      263
      108
      152 ?
    end
    seq a12 ?
      264
      108
      153 ?
    end
  end

message 023 "Retrieved Message (History)"
  202
  203
  280 +
  108 *
  431 *
  281 *
  seq a
    seq a1 ?
      252
    end
    seq a2 ?
      254
    end
    seq a3 ?
      255
      152 ?
    end
    seq a4 ?
      256
      152 ?
    end
    seq a5 ?
      257
      152 ?
    end
    seq a6 ?
      258
      153 ?
    end
    seq a7 ?
      259
      153 ?
    end
    seq a8 ?
      260
      153 ?
    end
    # The source has two sequences of 421, one with 152 and one with 153.
    seq a9 {0,2}
      421
      152 ?
      153 ?
    end
  end
  seq b ?
    202
    203
    421
  end

message 024 "Bulk Retrieval Request"
  140 ?
  142
  143

message 025 "Bulk Retrieval Response"
  251
  140 ?
  144

message 026 "FINCopy Bulk Retrieval Request"
  140
  141
  142
  143

message 027 "FINCopy Bulk Retrieval Response"
  140
  144

message 028 "FINCopy Message Status Request"
  103
  243
  177 *

message 029 "FINCopy Message Status Report"
  202
  203
  177 *
  103 ?
  343 ?
  533 ?
  106 *

message 031 "Session History Request"
  303
  177 +

message 032 "Delivery Subset Status Request"
  303

message 035 "Delivery Instruction Request"

message 036 "Logical Terminal History Request"
  305
  177 +

message 037 "Time Zone Status Request"
  304

message 041 "Select Status Request for FIN"
  303

message 042 "Cut-off Times List Request"
  304

message 043 "Non-Banking Days List Request"

message 044 "Undelivered Report Rules Redefinition"
  302
  341
  301 ?

message 045 "Daily Check Time Change Request"
  174

message 046 "Undelivered Message Report Request"
  303
  301

message 047 "Delivery Instructions Redefinition Request"
  206
  348 ?
  seq a +
    339
    349 ?
    344 +
    345 *
    346 *
    347 *
  end

message 048 "Undelivered Report Rules Request"

message 049 "Daily Check Report Time Query"

message 051 "Session History Report"
  202
  203
  305
  331 *
  332
  seq a *
    305 *
    331 *
    332 *
  end

message 052 "Delivery Subset Status Report"
  348 ?
  seq a1 ?
    336 +
  end
  seq a2 ?
    461
  end

message 055 "Delivery Instructions Report"
  206
  348 ?
  seq a +
    339
    349 ?
    344 +
    345 *
    346 *
    347 *
  end

message 056 "Logical Terminal History Report"
  202
  203
  305
  270 +

message 057 "Time Zone Status Report"
  202
  203
  334 +

message 061 "Select Status Report for FIN"
  202
  203
  206
  348 ?
  seq a ?
    305
    337
    208 ?
    338 ?
    116 ?
    118 ?
  end

message 062 "Cut-off Time List Report"
  202
  203
  342 +

message 063 "Non-Banking Days List Report"
  202
  203
  172
  340

message 064 "Undelivered Report Rules Change Report"
  302
  341
  301 ?

message 065 "Time Change Report for Daily Check Report"
  174

message 066 "Solicited Undelivered Message Report"
  202
  203
  171
  175
  301
  seq a ?
    seq a1 *
      seq a1a
        335
        108 ?
      end
      seq a1b ?
        431
        103
      end
    end
    seq a2 ?
      461
    end
  end

message 067 "Delivery Instructions Redefinition Report"
  206
  348 ?
  seq a +
    339
    349 ?
    344
    345 ?
    346 ?
    347 ?
  end

message 068 "Undelivered Report Rules"
  302
  341
  301 ?

message 069 "Daily Check Report Time Status"
  174

message 070 "Undelivered SSI Update Notification Report Request"
  251
  209

message 071 "Undelivered SSI Update Notification Report"
  202
  203
  171
  175
  251
  209
  seq a *
    102
    431
    281 *
  end
  seq b ?
    seq b1 ?
      313 ?
    end
    seq b2 ?
      461 ?
    end
  end

message 072 "Test Mode Selection"
  127

message 073 "Message Sample Request"
  seq a ?
    120 +
  end
  seq b ?
    123
    126
    122
  end
  seq c ?
    124 +
    126
    122
  end
  seq d ?
    125 +
    126
    122
  end

message 074 "Broadcast Request"
  128
  304 *
  307 ?
  129 ?
  130
  132 *
  133 *
  134
  312

message 077 "Additional Selection Criteria for FIN"
  116 ?
  118 ?

message 081 "Daily Check Report"
  202
  203
  seq a +
    305
    331 +
    332
  end

message 082 "Undelivered Message Report at a Fixed Hour"
  202
  203
  171
  175
  177 ?
  301 ?
  seq a ?
    seq a1 *
      seq a1a
        335
        108 ?
      end
      seq a1b ?
        431
        103
      end
    end
    seq a2 ?
      461
    end
  end

message 083 "Undelivered Message Report at Cut-off Time"
  202
  203
  171
  175
  301 ?
  seq a ?
    seq a1 *
      seq a1a
        335
        108 ?
      end
      seq a1b ?
        431
        103
      end
    end
    seq a2 ?
      461
    end
  end

message 090 "User-to-SWIFT Message"
  311

message 092 "SWIFT-to-User Message"
  202 ?
  203 ?
  311

message 094 "Broadcast"
  135
  136 ?
  137 ?
  129 ?
  130
  132 *
  133 *
  134
  312

message 096 "FINCopy to Server Destination Message"
  any

message 097 "FINCopy Message Authorisation/Refusal Notification"
  103
  109
  451
  432 ?
  114 ?
  115 ?
  165 ?
  433 ?
  422 ?
  425 ?
