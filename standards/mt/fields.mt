field 11A "Currency" :qualifier=4!c//currency-code=<cur>
field 11R "MT and Date of the Original Message" mt-number=<mt>$date=<date>[$session-number=4!n isn=6!n]
field 11S "MT and Date of the Original Message" mt-number=<mt>$date=<date>[$session-number=4!n isn=6!n]
field 11T "MT and Date of the Original Message" type=<mt>$date=<date8> time=<time>
field 12 "Sub-Message Type" type=<mt>
field 12A "Type of Financial Instrument" :qualifier=4!c/[data-source-scheme=8c]/instrument-code-or-description=30x
field 12B "Type of Financial Instrument" :qualifier=4!c/[data-source-scheme=8c]/instrument-type-code=4!c
field 12C "Type of Financial Instrument" :qualifier=4!c//cfi-code=6!c
field 12D "Option Type" option-type=4!c
field 12E "Expiration Style" status=4!c
field 12F "Option Style" option-style=4!c
field 12G "Early Termination Style" early-termination-style=4!c
field 12H "Type of Financial Instrument" code=4!c[/narrative=35x]
field 12K "Type of Financial Instrument" number=2!n
field 12L "Type of Financial Instrument" code=2!c
field 12R "Type of Financial Instrument" code=4!c[/narrative=35x]
field 12S "Type of Financial Instrument" code=4!c
field 13A "Number Id" :qualifier=4!c//number-id=3!c
field 13B "Number Id" :qualifier=4!c/[data-source-scheme=8c]/number=30x~
field 13C "Time Indication" /code=8c/time-indication=<time> sign=<sign> time-offset=<time>
field 13D "Date/Time Indication" date=<date> time=<time> sign=<sign> offset=<time>
field 13E "Number Id" date=<date8> time=<time>
field 13J "Number Id" :qualifier=4!c//extended-number-id=5!c
field 13K "Number Id" :qualifier=4!c//number-id=3!c/quantity=15d
field 14A "Business Day Convention" convention=9a
field 14B "Average Strike Price Calculation" method=2!c
field 14C "Year of Definitions" year=4!n
field 14D "Day Count Fraction" day-count-fraction=7x
field 14E "Clearing or Settlement Session" reference=35x
field 14F "Floating Rate Option" option=24x
field 14G "Averaging Frequency and Method" frequency=1a/method=8!a
field 14H "All Barrier Dates Business Day Convention" convention=4!c
field 14J "Reset Date Specification" code=5a
field 14K "Interim Barrier Dates Business Day Convention" convention=4!c
field 14L "Barrier Event End Date Business Day Convention" convention=4!c
field 14M "Barrier Time Type" type=4!c
field 14N "Spot Market" market=4!c
field 14O "Barrier Event Determination Time Source" type=4!c
field 14P "Field 14P" 4!c
field 14Q "Field 14Q" 4!c
field 14R "Field 14R" 4!c
field 14S "Settlement Rate Source" source=3!a number=2!n[/time=<time>/location=4!c]
field 15A "New Sequence" 
field 15B "New Sequence" 
field 15C "New Sequence" 
field 15D "New Sequence" 
field 15E "New Sequence" 
field 15F "New Sequence" 
field 15G "New Sequence" 
field 15H "New Sequence" 
field 15I "New Sequence" 
field 15J "New Sequence" 
field 15K "New Sequence" 
field 15L "New Sequence" 
field 15M "New Sequence" 
field 15N "New Sequence" 
field 15O "New Sequence" 
field 15P "New Sequence" 
field 16A "Number of Settlements" number=5n
field 16C "Decimal Places" number=2n
field 16D "Field 16D" number=2n
field 16R "Start of Block" block-name=16c
field 16S "End of Block" block-name=16c
field 16W "Field 16W" 4!c
field 17A "Collateral Agreement Indicator" indicator=1a
field 17B "Flag" :qualifier=4!c//flag=1a
field 17C "Barrier Event Equal Modifier" indicator=1a
field 17E "Clearing Threshold Indicator" indicator=1a
field 17F "Non-Deliverable Indicator" indicator=1a
field 17G "Gain (Loss) Indicator" indicator=1a
field 17H "Allocation Indicator" indicator=1a
field 17I "Payment versus Payment Settlement Indicator" indicator=1a
field 17L "Portfolio Compression Indicator" indicator=1a
field 17M "Corporate Sector Indicator" indicator=1a
field 17N "Net Settlement Indicator" indicator=1a
field 17O "NDF Open Indicator" indicator=1a
field 17P "Collateralisation Indicator" indicator=1a
field 17Q "Trade with Non-EEA Counterparty Indicator" indicator=1a
field 17R "Party A's Role" indicator=1a
field 17S "Intragroup Trade Indicator" indicator=1a
field 17T "Block Trade Indicator" indicator=1a
field 17U "Split Settlement Indicator" indicator=1a
field 17V "Buy (Sell) Indicator" indicator=1a
field 17W "Non Standard Flag" indicator=1a
field 17X "Commercial or Treasury Financing Indicator" indicator=1a
field 17Y "Financial Nature of the Counterparty Indicator" indicator=1a
field 17Z "Collateral Portfolio Indicator" indicator=1a
field 18A "Number of Repetitions" number=5n
field 18B "Number of Spot Averaging Dates" number=3n
field 18C "Number of Strike Averaging Dates" number=3n
field 18D "Number of Observation Dates" number=3n
field 19 "Sum of Amounts" amount=17d
field 19A "Amount" :qualifier=4!c//[sign=<n>]currency-code=<cur> amount=15d
field 19B "Amount" :qualifier=4!c//currency-code=<cur> amount=15d
field 19C "Adjustment" [sign=<n>]adjustment-factor=15d
field 19Y "Spot Averaging Weighting Factor" weight=15d
field 19Z "Strike Averaging Weighting Factor" weight=15d
field 20 "Transaction Reference Number" reference=16x~
field 20C "Reference" :qualifier=4!c//reference=16x~
field 20D "Reference" :qualifier=4!c//reference=25x~
field 20E "Reference" code=4!c/reference=35x
field 20U "Reference" :qualifier=4!c//reference=52x~
field 21 "Related Reference" reference=16x~
field 21A "Reference to Opening Confirmation" reference=16x~
field 21B "Contract Number Party B" reference=16x
field 21C "Mandate Reference" reference=35x
field 21D "Direct Debit Reference" reference=35x
field 21E "Registration Reference" reference=35x
field 21F "F/X Deal Reference" reference=16x~
field 21G "Broker's Reference" reference=16x~
field 21H "Event Type and Reference" event-type=4!c/reference=16x~
field 21N "Contract Number Party A" reference=16x
field 21P "Reference to Previous Deals" reference=16x~
field 21R "Customer Specified Reference" reference=16x~
field 21S "Transaction Reference" reference=16x~
field 21T "Transaction Reference" reference=16x~
field 22 "Code/Common Reference" code=8a/reference=16x
field 22A "Type of Operation" type=4!c
field 22B "Type of Event" type=4!c
field 22C "Common Reference" prefix1=4!c suffix1=2!c reference=4!n prefix2=4!c suffix2=2!c
field 22D "Compounding Type" type=4!c
field 22E "Type of Payment" type=4!c
field 22F "Indicator" :qualifier=4!c/[data-source-scheme=8c]/indicator=4!c
field 22G "Type of Barrier" type=4!c
field 22H "Indicator" :qualifier=4!c//indicator=4!c
field 22K "Type of Event" type-of-event=4!c[/narrative=35x]
field 22L "Reporting Jurisdiction" reporting-jurisdiction=35x
field 22M "UTI Namespace/Issuer Code" namespace=30x
field 22N "Transaction Identifier" transaction-identifier=32x
field 22P "PUTI Namespace/Issuer Code" namespace=30x
field 22Q "Collateral Portfolio Code" portfolio=10x
field 22R "Prior Transaction Identifier" prior-transaction-identifier=32x
field 22S "Clearing Broker Identification" side-indicator=1!a/identification=35x
field 22T "Cleared Product Identification" identification=35x
field 22U "Underlying Product Identifier" product-identifier=12a
field 22V "Execution Venue" execution-venue=35x
field 22W "Link Swap Identification" identification=42x~
field 22X "Type of Exchange" type=4!c
field 22Y "Frequency of Early Termination" required=4!c
field 22Z "Underlying Product Identifier" product-identifier=12a
field 23 "Further Identification" reference=16x
field 23A "Identification of the Swap" type-of-swap=10a/settlement-method=5a
field 23B "Bank Operation Code" type=4!c
field 23C "Calculation of Settlement Amount" settlement-calculation=7a
field 23D "Type of FRA" type=10a
field 23E "Instruction Code" instruction-code=4!c[/additional-information=30x]
field 23F "Automatic Extension Period" period=4!a[/details=35x]
field 23G "Function of the Message" function=4!c[/subfunction=4!c]
field 23H "Function of Message" function=8!c
field 23R "Amendment Status" code=4!c[$text=6*35x]
field 23S "Cancellation Request" request=6!a
field 23X "File Identification" code=4!c/file-name-or-reference=65x
field 24B "Reason Code" :qualifier=4!c/[data-source-scheme=8c]/reason-code=4!c
field 24D "Dealing Method" code=4!c[/additional-information=35x]
field 24E "Field 24E" code=4!c[/additional-information=35x]
field 24G "Delivery To/Collection By" code=4!c[$narrative=12*65z]
field 25 "Account" account=35x
field 25A "Charges Account" /account=34x
field 25D "Status Code" :qualifier=4!c/[data-source-scheme=8c]/status-code=4!c
field 25F "Account" text-purpose=5!c
field 25G "Account" code=4!c
field 25P "Account" account=35x$bic=<bic>
field 26C "Identification of the Commodity" [delivery=3!a]/location=15x/allocation=5!a type=4!a[details=40x]
field 26D "Certificate Number(s) and/or Bar Number(s)" narrative=30*65x
field 26E "Number of Amendment" number-of-amendment=3n
field 26F "Settlement Type" type=9a
field 26H "Counterparty's Reference" counterparty-reference=16x
field 26K "Calculation Agent" calculation-agent=4!c
field 26T "Transaction Type Code" type=3!c
field 27 "Sequence of Total" number=1n/total=1n
field 27A "Sequence of Total" number=1n/total=1n
field 28 "Statement Number/Sequence Number" statement-number=5n[/sequence-number=2n]
field 28C "Statement Number/Sequence Number" statement-number=5n[/sequence-number=5n]
field 28D "Message Index/Total" message-index=5n/total=5n
field 28E "Page Number/Continuation Indicator" page-number=5n/continuation-indicator=4!c
field 29A "Contact Information" narrative=4*35x
field 29B "To the Attention of" narrative=4*35x
field 29D "Field 29D" narrative=4*35x
field 29E "Field 29E" location=4!c/time=<time>
field 29F "Field 29F" narrative=4*35x
field 29H "Field 29H" location=4!c
field 29I "Barrier Determination Business Days" barrier-determination-business-days=4!c
field 29J "Barrier Event Determination Time" location=4!c/time=<time>
field 29L "Expiry Details" date=<date8>/location=4!c/time=<time>
field 29M "Latest Exercise Time" location=4!c/time=<time>
field 29N "Cash Settlement Valuation Details" date=<date8>/location=4!c/time=<time>
field 29O "Continuous Time Period" location=4!c/start-time=<time> end-time=<time>
field 29P "Field 29P" bic=<bic>
field 29Q "Field 29Q" 4!c
field 29S "Field 29S" code=4!c/party-identifier=35x
field 29U "Field 29U" bic=<bic>
field 29W "Field 29W" 4!c
field 30 "Value Date" date=<date>
field 30F "Payment Date" date=<date8>
field 30G "Variable Notional Start and End Date" start-date=<date8>/end-date=<date8>
field 30H "Binary Amount Payment Date" date=<date8>
field 30I "Barrier Monitoring Period" start-date=<date8>[/end-date=<date8>]
field 30J "Final Settlement Date" indicator=1!a number=3!n
field 30K "Final Settlement Date" start-date=<date8>/end-date=<date8>
field 30M "Spot Averaging Date" date=<date8>
field 30N "Strike Averaging Date" date=<date8>
field 30P "Termination Date" date=<date8>
field 30Q "Termination/Recouponing Effective Date" date=<date8>
field 30S "Settlement Date" date=<date8>
field 30T "Trade Date" date=<date8>
field 30U "Valuation Date" date=<date8>
field 30V "Value Date" date=<date8>
field 30X "Next Interest Due Date" date=<date8>
field 30Y "Commencement Date" date=<date8>
field 30Z "Cash Settlement Payment Date" date=<date8>
field 31C "Date of Issue" date=<date>
field 31D "Date and Place of Expiry" date=<date> place=29x
field 31E "Final Settlement Date" date=<date>
field 31F "Expiry and Option Date of Loan" date=<date>[/period-date=<date>][//period-details=35x]
field 31G "Expiry Details" date=<date>/time=<time>/location=12a
field 31J "Field 31J" date=<date>
field 31K "Field 31K" date=<date>
field 31L "Payable Date" date=<date>
field 31M "Field 31M" date=<date>
field 31P "Date Loan/Recall/Return Agreed" date=<date>[place=29x]
field 31R "Requested New Date of Expiry of Local Undertaking" <date>[/<date>]
field 31S "Automatic Extension Final Expiry Date" date=<date>
field 31T "Field 31T" date=<date>
field 31X "Ex Date" (date=<date> [time=<time>] | code=7!a)
field 32A "Value Date, Currency Code, Amount" date=<date> currency=<cur> amount=15d
field 32B "Currency Code, Amount" currency=<cur> amount=15d
field 32C "Value Date, Currency Code, Amount" date=<date> currency=<cur> amount=15d
field 32D "Value Date, Currency Code, Amount" date=<date> currency=<cur> amount=15d
field 32E "Settlement Currency" currency=<cur>
field 32F "Quantity of the Commodity" unit=3!a amount=15d
field 32G "Currency, Amount" currency=<cur> amount=15d
field 32H "Currency, Payment Amount" [sign=<n>]currency=<cur> amount=15d
field 32K "Value Date, Currency Code, Amount" day-month=<dm> number-of-days-months=3!n code=2!a currency=<cur> amount=15d
field 32M "Currency, Payment Amount" currency=<cur> amount=15d
field 32Q "Currency Pair" <cur>/<cur>
field 32R "Value Date, Currency Code, Amount" [sign=<n>]unit=3!a amount=15d
field 32U "Outstanding Notional Currency and Amount" currency=<cur> amount=15d
field 33A "Proceeds Remitted" date=<date> currency=<cur> amount=15d
field 33B "Currency/Instructed Amount" currency=<cur> amount=15d
field 33C "Amended Maturity Date, Currency Code, Amount" date=<date> currency=<cur> amount=15d
field 33D "Total Amount Debited" date=<date> currency=<cur> amount=15d
field 33E "Reporting Currency and Tax Amount" currency=<cur> amount=15d
field 33F "Calculation Notional Currency and Amount" currency=<cur> amount=15d
field 33G "Price per Unit" currency=<cur> price=15d[code=5!c]
field 33H "Vega Notional Amount" currency=<cur> amount=15d
field 33J "Amended Maturity Date, Currency Code, Amount" unit=3!a amount=15d
field 33K "Amended Maturity Date, Currency Code, Amount" day-month=<dm> number-of-days-months=3!n code=2!a currency=<cur> amount=15d
field 33S "Collateral Requirement" code=<cur> amount=15d
field 33T "Market Price of Securities" currency=<cur> price=15d
field 33Z "Rebate Amount" amount=15d
field 34A "Total Amount Claimed" date=<date> currency=<cur> amount=15d
field 34B "Commission and Fees - Currency and Amount" currency=<cur> amount=15d
field 34C "Commission and Fees" commission-type=4!c/[sign=<n>]currency-percent=<cur> amount-rate=15d
field 34D "Total Amount Claimed" currency=<cur> amount=15d
field 34E "Currency and Interest Amount" [sign=<n>]currency=<cur> amount=15d
field 34F "Credit Floor Limit Indicator" currency=<cur>[mark=<dc>]amount=15d
field 34J "Total Amount Claimed" [sign=<n>]unit=3!a amount=15d
field 34K "Total Amount Claimed" currency=<cur> amount=15d
field 34L "Total Amount Claimed" currency=<cur> amount=15d
field 34M "Total Amount Claimed" currency=<cur> amount=15d
field 34P "Consideration" date=<date> currency=<cur> amount=15d
field 34R "Consideration" date=<date> currency=<cur> amount=15d
field 34S "Total Amount Claimed" currency=<cur> amount=15d
field 34T "Total Amount Claimed" currency=<cur> amount=15d
field 34U "Total Amount Claimed" currency=<cur> amount=15d
field 34V "Total Amount Claimed" currency=<cur> amount=15d
field 34W "Total Amount Claimed" currency=<cur> amount=15d
field 34X "Total Amount Claimed" currency=<cur> amount=15d
field 35A "Quantity of Securities" type=3!a quantity=15d
field 35B "Identification of the Financial Instrument" (('ISIN 'isin=<isin> [$description=4*35x]) | description=4*35x)
field 35C "Digital Token Identifier" (('ISIN 'isin=<isin> [$description=4*35x]) | description=4*35x)
field 35D "Field 35D" date=<date>
field 35E "Field 35E" narrative=6*50x
field 35G "Expiry Condition/Event" narrative=12*65x
field 35H "Adjustment to the Collateral" [sign=<n>]type=3!a quantity=15d
field 35L "Field 35L" narrative=4*35x
field 35N "Quantity of Securities Recalled/Returned" type=3!a quantity=15d
field 35S "Quantity of Securities Transferred as Collateral" type=3!a quantity=15d
field 35U "Field 35U" currency=<cur> price=15d[period=1a]
field 36 "Exchange Rate" rate=12d
field 36B "Quantity of Financial Instrument" :qualifier=4!c//quantity-type-code=4!c/quantity=15d
field 36C "Quantity of Financial Instrument" :qualifier=4!c//quantity-code=4!c
field 36D "Quantity of Financial Instrument" :qualifier=4!c//quantity-type-code=4!c/quantity-of-digital-tokens=30d
field 36E "Quantity of Financial Instrument" :qualifier=4!c//quantity-type-code=4!c/[sign=<n>]quantity=15d
field 37A "Rebate Agreed" rate=12d[//end-date=<date> period=<dm> number=3n][/information=16x]
field 37B "Rebate Agreed" rate=12d[//end-date=<date> period=<dm> number=3n][/information=16x]
field 37C "Rebate Agreed" rate=12d[//end-date=<date> period=<dm> number=3n][/information=16x]
field 37D "Rebate Agreed" rate=12d[//end-date=<date> period=<dm> number=3n][/information=16x]
field 37E "Rebate Agreed" rate=12d[//end-date=<date> period=<dm> number=3n][/information=16x]
field 37F "Rebate Agreed" rate=12d[//end-date=<date> period=<dm> number=3n][/information=16x]
field 37G "Interest Rate" [sign=<n>]rate=12d
field 37H "New Interest Rate" indicator=<dc>[sign=<n>]rate=12d
field 37J "Barrier Level" rate=12d
field 37K "Premium Price" currency=<cur> rate=12d
field 37L "Tax Rate" rate=12d
field 37M "Fixed Rate" [sign=<n>]rate=12d
field 37N "Details of Interest Rate" narrative=6*35x
field 37R "Spread" [sign=<n>]rate=12d
field 37V "Cap Rate" [sign=<n>]rate=12d
field 38A "Period of Notice" period=3n
field 38D "Contract Period" period=4n
field 38E "Designated Maturity" number=2n period=1a
field 38G "First Stub Period, Interpolation Period" number-from=2n period-from=1a/number-to=2n period-to=1a
field 38H "Last Stub Period, Interpolation Period" number-from=2n period-from=1a/number-to=2n period-to=1a
field 38J "Number of Days" indicator=<dm> number=3!n
field 39A "Percentage Credit Amount Tolerance" 2n/2n
field 39B "Field 39B" code=13x
field 39C "Additional Amounts Covered" narrative=4*35x
field 39E "Transfer Conditions" narrative=12*65z
field 39F "Supplementary Information About Amount" narrative=12*65z
field 39M "Payment Clearing Centre" country-code=2!a
field 40A "Form of Documentary Credit" type=24x
field 40B "Form of Documentary Credit" type=24x$code=24x
field 40C "Applicable Rules" type=4!a[/narrative=35x]
field 40D "Language" language=2!a
field 40E "Applicable Rules" applicable-rules=30x[/narrative=35x]
field 40F "Applicable Rules" applicable-rules=30x
field 41A "Available With ... By ..." bic=<bic>$code=14x
field 41D "Available With ... By ..." name=35x ($name=35x)*0-3 $code=14x
field 41F "Available With ... By ..." bic=<bic>
field 41G "Available With ... By ..." name=4*35x
field 42A "Drawee" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 42C "Drafts at ..." narrative=3*35x
field 42D "Drawee" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 42M "Mixed Payment Details" narrative=4*35x
field 42P "Negotiation/Deferred Payment Details" narrative=4*35x
field 43P "Partial Shipments" code=11x
field 43T "Transhipment" code=11x
field 44A "Place of Taking in Charge/Dispatch from .../Place of Receipt" narrative=140z
field 44B "Place of Final Destination/For Transportation to .../Place of Delivery" narrative=140z
field 44C "Latest Date of Shipment" date=<date>
field 44D "Shipment Period" narrative=6*65x
field 44E "Port of Loading/Airport of Departure" narrative=140z
field 44F "Port of Discharge/Airport of Destination" narrative=140z
field 44J "Governing Law/Jurisdiction" country-code=<country>[/country-sub-division=35x][$/narrative=65x]
field 45A "Description of Goods and/or Services" narrative=100*65z
field 45B "Description of Goods and/or Services" narrative=100*65x
field 45C "Document and Presentation Instructions" narrative=100*65z
field 45D "Narrative" narrative=150*65z
field 45L "Underlying Transaction Details" narrative=50*65z
field 46A "Documents Required" narrative=100*65z
field 46B "Documents Required" narrative=100*65x
field 47A "Additional Conditions" narrative=100*65z
field 47B "Additional Conditions" narrative=100*65x
field 47E "Field 47E" informationfrom-advising-bank=100*65x
field 48 "Period for Presentation in Days" days=3n[/narrative=35x]
field 48B "Demand Indicator" code=4!c
field 48D "Transfer Indicator" code=4!c
field 49 "Confirmation Instructions" instruction=7!x
field 49A "Demand Statement" code=4!c[$narrative=50*65z]
field 49D "Confirmation Instructions" confirmation-indicator=7!x
field 49F "Confirmation Instructions" confirmation-information=50*65x
field 49G "Special Payment Conditions for Beneficiary" narrative=100*65z
field 49H "Special Payment Conditions for Bank Only" narrative=100*65z
field 49J "Confirmation Instructions" narrative=50*65z
field 49K "Confirmation Instructions" narrative=50*65z
field 49L "Confirmation Instructions" narrative=50*65z
field 49M "Special Payment Conditions for Beneficiary" narrative=100*65x
field 49N "Special Payment Conditions for Bank Only" narrative=100*65x
field 49Z "Confirmation Instructions" narrative=50*65z
field 50 "Applicant" name=4*35x
field 50A "Ordering Customer" [/account=34x$]bic=<bic>
field 50B "Non-Bank Issuer" name=4*35x
field 50C "Ordering Customer" bic=<bic>
field 50D "Principal" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 50F "Ordering Customer" (/account=34x|id-code=4!a/id=30x) $ (line=1!n/details=33x) ($line=1!n/details=33x)*0-3
field 50G "Ordering Customer" /account=34x$bic=<bic>
field 50H "Ordering Customer" /account=34x$name=4*35x
field 50K "Ordering Customer" [/account=34x$]name=4*35x
field 50L "Ordering Customer" party-identifier=35x
field 51 "Obligor/Instructing Party" name=4*35x
field 51A "Sending Institution" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 51C "Applicant Bank" /account=34x
field 51D "Applicant Bank" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 52A "Ordering Institution" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 52B "Ordering Institution" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 52C "Ordering Institution" /account=34x
field 52D "Ordering Institution" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 53A "Sender's Correspondent" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 53B "Sender's Correspondent" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 53C "Sender's Correspondent" /account=34x
field 53D "Sender's Correspondent" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 53J "Sender's Correspondent" party-identification=5*40x
field 54A "Receiver's Correspondent" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 54B "Receiver's Correspondent" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 54D "Receiver's Correspondent" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 55A "Third Reimbursement Institution" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 55B "Third Reimbursement Institution" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 55D "Third Reimbursement Institution" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 56A "Intermediary Institution" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 56B "Intermediary" [(/mark=<dc>[/account=34x]|/account=34x)$]location=35x
field 56C "Intermediary" /account=34x
field 56D "Intermediary" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 56J "Intermediary" party-identification=5*40x
field 57A "Account With Institution" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 57B "Account With Institution" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 57C "Account With Institution" /account=34x
field 57D "Account With Institution" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 57J "Account With Institution" party-identification=5*40x
field 58A "Beneficiary Institution" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 58B "Beneficiary Institution" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 58D "Beneficiary Institution" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 58J "Beneficiary Institution" party-identification=5*40x
field 59 "Beneficiary" [/account=34x$]name=4*35x
field 59A "Beneficiary Customer" [/account=34x$]bic=<bic>
field 59F "Beneficiary Customer" [/account=34x$] (line=1!n/details=33x) ($line=1!n/details=33x)*0-3
field 60F "Opening Balance" mark=<dc> date=<date> currency=<cur> amount=15d
field 60M "Opening Balance" mark=<dc> date=<date> currency=<cur> amount=15d
field 61 "Statement Line" value-date=<date> [entry-date=<mmdd>] mark=2a [funds-code=1!a] amount=15d type=1!a code=3!c reference=16x [//servicer-reference=16x] [$details=34x]
field 62F "Book Balance" mark=<dc> date=<date> currency=<cur> amount=15d
field 62M "Closing Balance" mark=<dc> date=<date> currency=<cur> amount=15d
field 64 "Closing Available Balance" mark=<dc> date=<date> currency=<cur> amount=15d
field 65 "Forward Available Balance" mark=<dc> date=<date> currency=<cur> amount=15d
field 68A "Field 68A" number=6n currency=<cur> denomination=6n/mode=2n[/amount=15d][//product-code=10x]
field 69A "Period" :4!c//<date8>/<date8>
field 69B "Period" :qualifier=4!c//date=<date8> time=<time6>/date=<date8> time=<time6>
field 69C "Period" :qualifier=4!c//date=<date8>/date-code=4!c
field 69D "Period" :qualifier=4!c//date=<date8> time=<time6>/date-code=4!c
field 69E "Period" :qualifier=4!c//date-code=4!c/date=<date8>
field 69F "Period" :qualifier=4!c//date-code=4!c/date=<date8> time=<time6>
field 69J "Period" :qualifier=4!c//date-code=4!c
field 70 "Remittance Information" narrative=4*35x
field 70C "Narrative" :qualifier=4!c//narrative=4*35x
field 70D "Narrative" :qualifier=4!c//narrative=6*35x
field 70E "Narrative" :qualifier=4!c//narrative=10*35x
field 70F "Narrative" :qualifier=4!c//narrative=8000z&
field 70G "Narrative" :qualifier=4!c//narrative=10*35z
field 70H "Narrative" :qualifier=4!c//narrative=2500z&
field 71A "Details of Charges" code=3!a
field 71B "Details of Charges" narrative=6*35x
field 71C "Details of Adjustments" narrative=6*35x
field 71D "Charges" narrative=6*35z
field 71E "Field 71E" narrative=100*35z
field 71F "Broker's Commission" currency=<cur> amount=15d
field 71G "Receiver's Charges" currency=<cur> amount=15d
field 71N "Amendment Charge Payable By" code=4!c[$narrative=6*35z]
field 72 "Sender to Receiver Information" narrative=6*35x
field 72Z "Sender to Receiver Information" narrative=6*35z
field 73 "Details of Amounts Added" narrative=6*35x
field 73A "Charges Claimed" narrative=6*35z
field 73R "Reason for  Non-Payment" code=4!c[/narrative=35x]
field 73S "Disposal of Reimbursement Claim" code=4!c[/narrative=35x]
field 74 "Amendments" narrative=6*35x
field 75 "Queries" narrative=6*35x
field 76 "Answers" narrative=6*35x
field 77 "Narrative" narrative=20*35z
field 77A "Narrative" narrative=20*35x
field 77B "Regulatory Reporting" narrative=3*35x
field 77C "Narrative" narrative=150*65x
field 77D "Terms and Conditions" narrative=6*35x
field 77E "Proprietary Message" text=9900z&
field 77F "EDIFACT Message" edifact-message=1800y&
field 77H "Type, Date, Version of the Agreement" type-of-agreement=6a[/date=<date8>][//version=<year>]
field 77J "Discrepancies" narrative=70*50z
field 77L "Requested Local Undertaking Terms and Conditions" narrative=150*65z
field 77T "Envelope Contents" narrative=9000z&
field 77U "Undertaking Terms and Conditions" narrative=150*65z
field 78 "Instructions to the Paying/Accepting/Negotiating Bank" narrative=12*65x
field 78B "Instructions to the Paying/Accepting/Negotiating Bank" narrative=50*65z
field 78D "Instructions from Intermediary Bank" narrative=12*65x
field 79 "Narrative" narrative=35*50x
field 79Z "Narrative" narrative=35*50z
field 80C "Reason for Collateral Adjustment" narrative=6*35x
field 81A "Central Counterparty Clearing House (CCP)" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 81D "Central Counterparty Clearing House (CCP)" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 81J "Central Counterparty Clearing House (CCP)" party-identification=5*40x
field 82A "Party A" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 82B "Party A" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 82D "Party A" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 82J "Party A" party-identification=5*40x
field 83A "Fund or Beneficiary Customer" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 83C "Safekeeping Account" /account=34x
field 83D "Fund or Beneficiary Customer" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 83J "Fund or Beneficiary Customer" party-identification=5*40x
field 84A "Dealing Branch Party A" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 84B "Dealing Branch Party A" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 84D "Dealing Branch Party A" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 84J "Dealing Branch Party A" party-identification=5*40x
field 85A "Dealing Branch Party B" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 85B "Dealing Branch Party B" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 85D "Dealing Branch Party B" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 85J "Dealing Branch Party B" party-identification=5*40x
field 86 "Information to Account Owner" narrative=6*65x
field 86A "Intermediary 2" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 86B "Intermediary 2" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 86D "Intermediary 2" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 86J "Intermediary 2" party-identification=5*40x
field 87A "Party B" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 87B "Party B" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 87D "Party B" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 87J "Party B" party-identification=5*40x
field 88A "Broker Identification" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 88B "Broker Identification" (/mark=<dc>[/account=34x][$location=35x] | /account=34x[$location=35x] | location=35x)
field 88D "Broker Identification" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 88J "Broker Identification" party-identification=5*40x
field 89A "Clearing Broker" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 89D "Clearing Broker" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 89J "Clearing Broker" party-identification=5*40x
field 90A "Price" :qualifier=4!c//percentage-type-code=4!c/[sign=<n>]price=15d
field 90B "Price" :qualifier=4!c//amount-type-code=4!c/currency-code=<cur> price=15d
field 90C "Number and Sum of Entries" number=5n currency=<cur> amount=15d
field 90D "Number and Sum of Entries" number=5n currency=<cur> amount=15d
field 90E "Price" :qualifier=4!c//price-code=4!c
field 90F "Price" :qualifier=4!c//amount-type-code=4!c/currency-code=<cur> price=15d/quantity-type-code=4!c/quantity=15d
field 90J "Price" :qualifier=4!c//amount-type-code=4!c/currency-code=<cur> price=15d/currency-code=<cur> price=15d
field 90K "Price" :qualifier=4!c//index-points=15d
field 90L "Price" :qualifier=4!c//[sign=<n>]index-points=15d
field 91A "Reporting Party" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 91D "Reporting Party" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 91J "Reporting Party" party-identification=5*40x
field 92A "Rate" :qualifier=4!c//[sign=<n>]rate=15d
field 92B "Rate" :qualifier=4!c//first-currency-code=<cur>/second-currency-code=<cur>/rate=15d
field 92C "Rate" :qualifier=4!c/[data-source-scheme=8c]/rate-name=24x
field 92D "Rate" :4!c//15d/15d
field 92F "Rate" :qualifier=4!c//currency-code=<cur> rate=15d
field 92H "Rate" :qualifier=4!c//currency-code=<cur> rate=15d/rate-status=4!c
field 92J "Rate" :qualifier=4!c/[data-source-scheme=8c]/rate-type-code=4!c/currency-code=<cur> rate=15d[/rate-status=4!c]
field 92K "Rate" :qualifier=4!c//rate-type-code=4!c
field 92L "Rate" :qualifier=4!c//first-currency-code=<cur> rate=15d/second-currency-code=<cur> rate=15d
field 92M "Rate" :qualifier=4!c//currency-code=<cur> rate=15d/quantity=15d
field 92N "Rate" :qualifier=4!c//quantity=15d/currency-code=<cur> rate=15d
field 92P "Rate" :qualifier=4!c//index-points=15d
field 92R "Rate" :qualifier=4!c/[data-source-scheme=8c]/rate-type-code=4!c/rate=15d
field 93A "Balance" :qualifier=4!c/[data-source-scheme=8c]/subbalance-type=4!c
field 93B "Balance" :qualifier=4!c/[data-source-scheme=8c]/quantity-type-code=4!c/[sign=<n>]balance=15d
field 93C "Balance" :qualifier=4!c//quantity-type-code=4!c/balance-type-code=4!c/[sign=<n>]balance=15d
field 93D "Balance" :qualifier=4!c//[sign=<n>]balance=15d
field 93E "Balance" :qualifier=4!c//quantity-type-code=4!c/balance-type-code=4!c/[sign=<n>]balanceof-digital-tokens=30d
field 93F "Balance" :qualifier=4!c/[data-source-scheme=8c]/quantity-type-code=4!c/[sign=<n>]balanceof-digital-tokens=30d
field 94A "Scope of Operation" scope=4!c
field 94B "Place" :qualifier=4!c/[data-source-scheme=8c]/place-code=4!c[/narrative=30x~]
field 94C "Place" :qualifier=4!c//country-code=<country>
field 94D "Place" :qualifier=4!c//[country-code=<country>]/place=35x
field 94E "Place" :qualifier=4!c//address=10*35x
field 94F "Place" :qualifier=4!c//place-code=4!c/bic=<bic>
field 94G "Place" :qualifier=4!c//address=2*35x
field 94H "Place" :qualifier=4!c//bic=<bic>
field 94L "Place" :qualifier=4!c//legal-entity-identifier-code=18!c legal-entity-identifier-number=2!n
field 95C "Party" :qualifier=4!c//country-code=<country>
field 95L "Party" :qualifier=4!c//legal-entity-identifier-code=18!c legal-entity-identifier-number=2!n
field 95P "Party" :qualifier=4!c//bic=<bic>
field 95Q "Party" :qualifier=4!c//name=4*35x~
field 95R "Party" :qualifier=4!c/data-source-scheme=8c/proprietary-code=34x~
field 95S "Party" :qualifier=4!c/[data-source-scheme=8c]/type-of-id=4!c/country-code=<country>/alternate-id=30x~
field 95U "Party" :qualifier=4!c//party-name=3*35x~
field 95V "Party" :qualifier=4!c//name=10*35x~
field 96A "Clearing Exception Party" [(/mark=<dc>[/account=34x]|/account=34x)$]bic=<bic>
field 96D "Clearing Exception Party" [(/mark=<dc>[/account=34x]|/account=34x)$]name=4*35x
field 96J "Clearing Exception Party" party-identification=5*40x
field 97A "Account" :qualifier=4!c//account-number=35x
field 97B "Account" :qualifier=4!c/[data-source-scheme=8c]/account-type-code=4!c/account-number=35x
field 97C "Account" :qualifier=4!c//account-code=4!c
field 97D "Account" :qualifier=4!c/[data-source-scheme=8c]/identification-of-blockchain-or-wallet=140x
field 97E "Account" :qualifier=4!c//international-bank-account-number=34x
field 98A "Date/Time" :qualifier=4!c//date=<date8>
field 98B "Date/Time" :qualifier=4!c/[data-source-scheme=8c]/date-code=4!c
field 98C "Date/Time" :qualifier=4!c//date=<date8> time=<time6>
field 98D "Execution Timestamp" <date8><time6>[,3n][/[<n>]2!n[2!n]]
field 98E "Date/Time" :4!c//<date8><time6>[,3n][/[<n>]2!n[2!n]]
field 98F "Date/Time" :qualifier=4!c/[data-source-scheme=8c]/date-code=4!c time=<time6>
field 98G "Confirmation Timestamp" <date8><time6>[,3n][/[<n>]2!n[2!n]]
field 98H "Clearing Timestamp" <time6>[,3n][/[<n>]2!n[2!n]]
field 98J "Date/Time" :qualifier=4!c//date=<date8> time=<time6>/bic=<bic>
field 98K "Date/Time" :qualifier=4!c/data-source-scheme=8c/date=<date8> time=<time6>/proprietary-code=34x~
field 99A "Number Count" :qualifier=4!c//[sign=<n>]number=3!n
field 99B "Number Count" :qualifier=4!c//number=3!n
field 99C "Number Count" :qualifier=4!c//number=6!n
field 101 "Field 101" application-identifier=1!c
field 102 "SWIFT Address" lt-address=<lt>
field 103 "Service Code" fin-copy-service-code=3!a
field 104 "Message Priority" message-priority=1!a
field 105 "Field 105" delivery-monitoring=1!n
field 106 "Message Input Reference (MIR)" mir=<mir>
field 107 "Message Output Reference (MOR)" mor=<mir>
field 108 "Message User Reference (MUR)" mur=16x
field 109 "Original User Message Reference" date=<date> time=<time6> mir=<mir>
field 110 "MT and Date of the Original Message" window-size=3!n
field 111 "MT and Date of the Original Message" service-type-identifier=3!n
field 113 "MT and Date of the Original Message" banking-priority=4!x
field 114 "Payment Release Information Sender" payment-release-information-sender=32x
field 115 "Payment Release Information Receiver" payment-release-information-receiver=32x
field 116 "Value Date Today" restrict-delivery-value-date-today=<yn>
field 117 "MT and Date of the Original Message" authentication-code=8!h
field 118 "Logical Terminal Subsets Shared Flag" lt-subsets-shared-flag=<yn>
field 119 "MT and Date of the Original Message" validation-flag=8c
field 120 "Message Identifier" identifier=5n
field 121 "Type of Financial Instrument" unique-reference=36!x
field 122 "Number of Messages" number-of-messages=3n
field 123 "Message List" message-list=3!a
field 124 "Message Type" mt=<mt>
field 125 "Message Category" category=1!n
field 126 "Random Number Seed" seed=4!n
field 127 "Type of Financial Instrument" test-mode-code=2!a
field 128 "Priority/Billable BIC" priority=1a/bic=<bic>
field 129 "Section Number" section=2n/total=2n
field 130 "Code Word(s)" /heading-code=2!n/heading-text=65x$/heading-code=2!n/heading-text=65x
field 132 "Original Broadcast Number" broadcast-indicator=1a broadcast-number=5!n
field 133 "Original Broadcast Number" broadcast-indicator=1a unsequenced-broadcast=3!x broadcast-issuer=<country> broadcast-number=4!n
field 134 "Broadcast Requester" bic=<bic>$broadcast-requester-name=65x$broadcast-requester-city=65x
field 135 "Broadcast Priority" priority=1a
field 136 "Broadcast Number" broadcast-indicator=1a broadcast-number=5!n
field 137 "Broadcast Number" broadcast-indicator=1a unsequenced-broadcast=3!x broadcast-issuer=<country> broadcast-number=4!n
field 140 "Retrieval Identifier" identifier=15!n
field 141 "Encryption Key" key=64!h
field 142 "Start Date Time" start-date-time=12!n
field 143 "End Date Time" end-date-time=12!n
field 144 "Status" status-code=2!n
field 151 "Field 151" session-number=4!n
field 152 "First Input Sequence Number (ISN)" sequence-number=6!n
field 153 "First Output Sequence Number (OSN)" sequence-number=6!n
field 165 "Payment Release Information Receiver FINInform" /service-code=3!c/payment-information=34x
field 171 "Date" date=<date>
field 172 "Field 172" start-date=<mmdd> end-date=<mmdd>
field 173 "Day Time" day-time=<ddhhmm>
field 174 "Hour" range=<hour>
field 175 "Time" time=<time>
field 177 "Date Time" date=<date> time=<time>
field 179 "Field 179" <time6>
field 199 "Field 199" 9911z&
field 202 "Section Number" section-number=4!n
field 203 "Total Sections" total-sections=4!n
field 204 "Reference" logical-terminal-select-state=2!a
field 206 "Value Date Ordering" value-date-ordering=1!a
field 208 "Logical Terminal Directed Queue" lt-directed-queue=1!a
field 209 "Required Info" type=1!n
field 242 "Field 242" status-code=1!a
field 243 "Hold Queue Request Type" type=1!n
field 251 "Message Input Reference (MIR)" mir=<mir>
field 252 "Message Input Reference (MIR) Range" start-mir=<mir> end-mir=<mir>[start-time=<time> end-time=<time>]
field 253 "Message Output Reference (MOR)" mor=<mir>
field 254 "Message Output Reference (MOR) Range" start-mor=<mir> end-mor=<mir>[start-time=<time> end-time=<time>]
field 255 "Message Input Type" lt-address=<lt> session-number=4!n message-type=<mt> date=<date>[start-time=<time> end-time=<time>]
field 256 "Category Input Type" lt-address=<lt> session-number=4!n message-category=1!n date=<date>[start-time=<time> end-time=<time>]
field 257 "Input Time Range" lt-address=<lt> date=<date> start-time=<time> end-time=<time>[session-number=4!n]
field 258 "Message Output Type" lt-address=<lt> session-number=4!n message-type=<mt> date=<date>[start-time=<time> end-time=<time>]
field 259 "Category Output Type" lt-address=<lt> session-number=4!n message-category=1!n date=<date> start-time=<time> end-time=<time>
field 260 "Output Time Range" lt-address=<lt> date=<date> start-time=<time> end-time=<time>[session-number=4!n]
field 263 "Message User Reference (MUR) Input" lt-address=<lt> date=<date> start-time=<time> end-time=<time>[session-number=4!n]
field 264 "Message User Reference (MUR) Output" lt-address=<lt> date=<date> start-time=<time> end-time=<time>[session-number=4!n]
# Public sources give no form of what follows the time.
field 270 "Session History" date=<date> time=<time> login-block=2000z&
field 280 "Input History" input-time=<time> mir=<mir> accepted=<yn> [error=6c]
field 281 "Delivery History" output-time=<time> mor=<mir> accepted=1!a[error=3!c]
field 301 "Reporting Options" reporting-options=2!c
field 302 "Holiday Suppression" holiday-suppression=1!a
field 303 "Logical Terminal Code" lt=1!c
field 304 "Region" country-code=<country> region=3!c
field 305 "Logical Terminal Code" lt=1!c
field 307 "Group" country-codes-group=4!c
field 311 "Text" text=999*65x
field 312 "Broadcast Text" text=999*65x
field 313 "Message Count" count=5!n
field 329 "Value Date, Currency Code, Amount" reconnect-allowed-option=1!a
field 330 "Amended Maturity Date, Currency Code, Amount" session-number=4!n isn=6!n isnnak=6!n osn=6!n osnnak=6!n ack-replay-indicator=1!n
field 331 "Session Info" session-number=4!n date-session-opened=<date> time-session-opened=<time> date-session-closed=<date> time-session-closed=<time> reason-for-closure=3!n quantity-of-messages-sent=6!n quantity-of-messages-received=6!n first-input-sequence-number=6!n last-input-sequence-number=6!n first-output-sequence-number=6!n last-output-sequence-number=6!n
field 332 "Logical Terminal Summary" total-messages-sent=6!n total-messages-received=6!n
field 333 "Amended Maturity Date, Currency Code, Amount" date-last-session-opened=<date> time-last-session-opened=<time> session-number=4!n date-last-session-closed=<date> time-last-session-closed=<time> reason-for-closure=3!n last-input-sequence-number-received=6!n last-output-sequence-number-sent=6!n
field 334 "Region Info" region=3!c delta-time=<time>
field 335 "Report Line" time-message-entered=<time> mir=<mir> mt=<mt> receiver=<lt>[time-last-delivery-attempt=<time>]
field 336 "Delivery Subset Status" delivery-subset-name=6!c number-of-messages=5!n[codes=36c]
field 337 "Logical Terminal Select Status" status-code=2!a
field 338 "Delivery Subset List" delivery-subsets=180c
field 339 "Delivery Subset Name" subset-name=6!c
field 340 "Non-Banking Days" country-code=<country>(dates=<mmdd>)*0-14
field 341 "Generation Time Options" generation-time-options=2!c
field 342 "Total Amount Claimed" region=3!c time=<time>
field 343 "Cut-off Time Count" 5!n ' ' 5!n ' ' 5!n ' ' 5!n
field 344 "Priority Category" priority=1!a[message-categories=9n]
field 345 "Message Type Service Code List" types=30c
field 346 "Branch Codes" branches=30c
field 347 "Field 13C" fields=30c
field 348 "Subset Sharing" subset-sharing=1!c
field 349 "Combined Criteria" combined-criteria=1!n
field 401 "Field 401" code=2!n
field 405 "Rejection Reason" reason-for-rejection=3!c[line-field-number=3!n]
field 421 "Retrieval Error Code" code=3!c
field 422 "Copy Message Data Text" (1!c/38x) ($1!c/38x)*0-11
field 423 "Balance Checkpoint Date and Time" <date><time6>[2!n]
field 424 "Drawee" reference=16x
field 425 "Market Infrastructure Message Data Text" (2!c/37x) ($2!c/37x)*0-19
field 431 "Message Status" status-code=2!n
field 432 "Abort Reason" reason-code=2!c
field 433 "Screening Information Receiver" /screening-results=3!a/[additional-information=20x]
field 434 "Field 434" /code-word=3!a/[additional-information=20x]
field 443 "Field 443" reason-code=3!c
field 451 "Accept Reject" accept-reject-option=1!n
field 461 "Report Code" code=3!c
field 503 "Ordering Customer" code=3!c
field 533 "Cut-off Time Count" cut-off-time-count=5!n
field 619 "VAS Code" fin-copy-service-code=3!a
field 999 "Number Count" 9911z&
