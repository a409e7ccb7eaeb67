------------------------------ MODULE TakeOver ------------------------------
(***************************************************************************)
(* How hubs take a shared log over from each other.                        *)
(*                                                                         *)
(* Several hubs write one log that appends whatever it gets: repeats,      *)
(* entries that were long under way, entries of a hub that was replaced    *)
(* and does not know it.  It fences nobody.  The rules are those of        *)
(* docs/journal.md ("A log that several hubs can write to") and of crate   *)
(* journal, module shared_log:                                             *)
(*                                                                         *)
(*  - an opening counts if its epoch is higher than the last;              *)
(*  - a record counts if it is of the epoch and writer of the last opening *)
(*    that counts, and follows the last record that counts;                *)
(*  - a hub leads once it has read the log through its own opening and     *)
(*    found that it counts;                                                *)
(*  - a hub acknowledges a record only if it is told a place right behind  *)
(*    that of the entry before.  Otherwise it steps down.                  *)
(*                                                                         *)
(* This is a model of the rules, not of the code: that is held by the      *)
(* journal's own tests.  The same model stands in Rust in                  *)
(* sim/tests/take_over.rs.                                                 *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS
    Hubs,         \* the hubs
    OpeningsMax,  \* how many openings are sent at most
    MessagesMax,  \* how many messages are sent at most
    DoublesMax,   \* how many entries are appended twice at most
    Contiguous    \* whether the rule of contiguity is kept: FALSE is the mistake

VARIABLES
    log,          \* what the log has appended, in order
    role,         \* what each hub believes of itself
    life,         \* how often each hub was replaced: a writer is a hub in one life
    sent,         \* what each hub has sent in this life and is on its way, in order
    told,         \* messages and places of which each hub will be told
    late,         \* what earlier lives have sent and may still arrive, at any time or never
    openings, messages, doubles,  \* how many of each there were
    acknowledged  \* the messages that somebody was told are durable

vars == <<log, role, life, sent, told, late, openings, messages, doubles, acknowledged>>

None == 0  \* no message: what the first record follows, and what an opening carries

Writer(h) == <<h, life[h]>>
Open(h, epoch) == [kind |-> "open", epoch |-> epoch, writer |-> Writer(h)]
Data(h, epoch, before, message) ==
    [kind |-> "data", epoch |-> epoch, writer |-> Writer(h), before |-> before,
     message |-> message]

Rests == [is |-> "rests"]
Opens(epoch) == [is |-> "opens", epoch |-> epoch]
Leads(epoch, last, place) == [is |-> "leads", epoch |-> epoch, last |-> last, place |-> place]

(***************************************************************************)
(* What the log means, for everybody who reads it.                         *)
(***************************************************************************)
Empty == [epoch |-> 0, writer |-> <<>>, messages |-> <<>>]

Last(fold) == IF fold.messages = <<>> THEN None ELSE fold.messages[Len(fold.messages)]

Step(fold, entry) ==
    CASE entry.kind = "open" /\ entry.epoch > fold.epoch ->
            [fold EXCEPT !.epoch = entry.epoch, !.writer = entry.writer]
      [] /\ entry.kind = "data"
         /\ entry.epoch = fold.epoch
         /\ entry.writer = fold.writer
         /\ entry.before = Last(fold) ->
            [fold EXCEPT !.messages = Append(@, entry.message)]
      [] OTHER -> fold  \* void: in the log, and not in the journal

RECURSIVE FoldOf(_)
FoldOf(entries) ==
    IF entries = <<>> THEN Empty
    ELSE Step(FoldOf(SubSeq(entries, 1, Len(entries) - 1)), entries[Len(entries)])

-----------------------------------------------------------------------------

Init ==
    /\ log = <<>>
    /\ role = [h \in Hubs |-> Rests]
    /\ life = [h \in Hubs |-> 1]
    /\ sent = [h \in Hubs |-> <<>>]
    /\ told = [h \in Hubs |-> <<>>]
    /\ late = {}
    /\ openings = 0 /\ messages = 0 /\ doubles = 0
    /\ acknowledged = {}

(* A hub reads the log and sends an opening of the next epoch. *)
Opening(h) ==
    /\ role[h].is = "rests" /\ openings < OpeningsMax
    /\ LET epoch == FoldOf(log).epoch + 1 IN
        /\ role' = [role EXCEPT ![h] = Opens(epoch)]
        /\ sent' = [sent EXCEPT ![h] = Append(@, Open(h, epoch))]
    /\ openings' = openings + 1
    /\ UNCHANGED <<log, life, told, late, messages, doubles, acknowledged>>

(* A hub that leads, as far as it knows, sends a record without waiting for the one before. *)
Sending(h) ==
    /\ role[h].is = "leads" /\ messages < MessagesMax
    /\ messages' = messages + 1
    /\ sent' = [sent EXCEPT ![h] =
                    Append(@, Data(h, role[h].epoch, role[h].last, messages + 1))]
    /\ role' = [role EXCEPT ![h].last = messages + 1]
    /\ UNCHANGED <<log, life, told, late, openings, doubles, acknowledged>>

(* A hub's life ends, by a crash or because it steps down.  It waits for nothing that it sent. *)
Ends(h) ==
    /\ role' = [role EXCEPT ![h] = Rests]
    /\ life' = [life EXCEPT ![h] = @ + 1]
    /\ late' = late \cup {sent[h][i] : i \in DOMAIN sent[h]}
    /\ sent' = [sent EXCEPT ![h] = <<>>]
    /\ told' = [told EXCEPT ![h] = <<>>]

Replaced(h) ==
    /\ role[h].is # "rests"
    /\ Ends(h)
    /\ UNCHANGED <<log, openings, messages, doubles, acknowledged>>

(* What a hub sent first arrives: once, or twice, and the hub is told of the second place. *)
Arriving(h) ==
    /\ sent[h] # <<>>
    /\ \E times \in 1..2 :
        /\ doubles + times - 1 <= DoublesMax
        /\ doubles' = doubles + times - 1
        /\ LET entry == Head(sent[h])
               message == IF entry.kind = "data" THEN entry.message ELSE None IN
            /\ log' = log \o [i \in 1..times |-> entry]
            /\ told' = [told EXCEPT ![h] =
                            Append(@, [message |-> message, place |-> Len(log) + times])]
    /\ sent' = [sent EXCEPT ![h] = Tail(@)]
    /\ UNCHANGED <<role, life, late, openings, messages, acknowledged>>

(* What an earlier life sent arrives after all, and nobody is told. *)
ArrivingLate(entry) ==
    /\ log' = Append(log, entry)
    /\ late' = late \ {entry}
    /\ UNCHANGED <<role, life, sent, told, openings, messages, doubles, acknowledged>>

(* A hub hears the place of its opening, and reads the log through it. *)
HearingOpening(h) ==
    /\ told[h] # <<>> /\ role[h].is = "opens"
    /\ LET place == Head(told[h]).place
           fold == FoldOf(SubSeq(log, 1, place)) IN
        IF fold.epoch = role[h].epoch /\ fold.writer = Writer(h)
        THEN /\ role' = [role EXCEPT ![h] = Leads(fold.epoch, Last(fold), place)]
             /\ told' = [told EXCEPT ![h] = Tail(@)]
             /\ UNCHANGED <<life, sent, late>>
        ELSE Ends(h)
    /\ UNCHANGED <<log, openings, messages, doubles, acknowledged>>

(* A hub hears the place of a record of its own: the rule that this is about. *)
HearingRecord(h) ==
    /\ told[h] # <<>> /\ role[h].is = "leads"
    /\ LET heard == Head(told[h]) IN
        IF Contiguous => heard.place = role[h].place + 1
        THEN /\ acknowledged' = acknowledged \cup {heard.message}
             /\ role' = [role EXCEPT ![h].place = heard.place]
             /\ told' = [told EXCEPT ![h] = Tail(@)]
             /\ UNCHANGED <<life, sent, late>>
        ELSE Ends(h) /\ UNCHANGED acknowledged
    /\ UNCHANGED <<log, openings, messages, doubles>>

Next ==
    \/ \E h \in Hubs :
        \/ Opening(h) \/ Sending(h) \/ Replaced(h)
        \/ Arriving(h) \/ HearingOpening(h) \/ HearingRecord(h)
    \/ \E entry \in late : ArrivingLate(entry)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------

Counted == FoldOf(log).messages

(* Nothing that was acknowledged is lost. *)
NothingAcknowledgedIsLost ==
    acknowledged \subseteq {Counted[i] : i \in DOMAIN Counted}

(* No message counts twice. *)
NothingCountsTwice ==
    LET counted == Counted IN Cardinality({counted[i] : i \in DOMAIN counted}) = Len(counted)

(* The hubs differ in nothing but their names: for the search, half of the states will do. *)
Symmetric == Permutations(Hubs)
=============================================================================
