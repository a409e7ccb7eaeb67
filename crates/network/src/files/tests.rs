//! Announcements of files, as scripts.

use expect_test::expect;

use crate::script::{Stage, check_over_days, check_with_members};

#[test]
fn an_announced_file_is_for_its_receiver_and_its_sender_and_for_nobody_else() {
    check_with_members(
        "
        admit CHASUS33 A third bank
        file BANKFRPP ALPHDEFF 7
        submit ALPHDEFFA 1 BANKFRPP file=7/1000
        file BANKFRPP ALPHDEFF 7
        file ALPHDEFF ALPHDEFF 7
        file CHASUS33 ALPHDEFF 7
        file BANKFRPP ALPHDEFF 8
        # Who has the same bytes has another file.
        file BANKFRPP BANKFRPP 7
        # Whoever is not a member has nothing.
        file DEUTDEFF ALPHDEFF 7
        ",
        &expect![[r#"
            CHASUS33 is Active
              not kept; not for BANKFRPP
            accepted 1 of ALPHDEFFA in record 8
            offer BANKFRPP normal 1: record 8
              kept; BANKFRPP may fetch 1000 bytes until 1970-05-05T00:00:00.000008Z, says record 8
              kept; ALPHDEFF may fetch 1000 bytes until 1970-05-05T00:00:00.000008Z, says record 8
              kept; not for CHASUS33
              not kept; not for BANKFRPP
              not kept; not for BANKFRPP
              kept; not for DEUTDEFF
        "#]],
    );
}

#[test]
fn a_file_is_for_as_many_as_it_was_announced_to() {
    check_with_members(
        "
        admit CHASUS33 A third bank
        submit ALPHDEFFA 1 BANKFRPP file=7/1000
        submit ALPHDEFFA 2 CHASUS33 file=7/1000
        file BANKFRPP ALPHDEFF 7
        file CHASUS33 ALPHDEFF 7
        ",
        &expect![[r#"
            CHASUS33 is Active
            accepted 1 of ALPHDEFFA in record 8
            offer BANKFRPP normal 1: record 8
            accepted 2 of ALPHDEFFA in record 9
            offer CHASUS33 normal 1: record 9
              kept; BANKFRPP may fetch 1000 bytes until 1970-05-05T00:00:00.000008Z, says record 8
              kept; CHASUS33 may fetch 1000 bytes until 1970-05-05T00:00:00.000009Z, says record 9
        "#]],
    );
}

#[test]
fn a_file_is_kept_for_as_long_as_the_service_retains_messages() {
    check_over_days(
        "
        service reports files=5000 days=10
        @1d submit ALPHDEFFA 1 BANKFRPP service=reports file=7/1000
        @10d file BANKFRPP ALPHDEFF 7
        @11d file BANKFRPP ALPHDEFF 7
        # Announced again, it is kept for longer.
        @5d submit ALPHDEFFA 2 BANKFRPP service=reports file=7/1000
        @11d file BANKFRPP ALPHDEFF 7
        @15d file BANKFRPP ALPHDEFF 7
        ",
        &expect![[r#"
            service reports: *, group []
            accepted 1 of ALPHDEFFA in record 10
            offer BANKFRPP normal 1: record 10
              kept; BANKFRPP may fetch 1000 bytes until 1970-01-12T00:00:00.000000Z, says record 10
              not kept; not for BANKFRPP
            accepted 2 of ALPHDEFFA in record 11
            offer BANKFRPP normal 2: record 11
              kept; BANKFRPP may fetch 1000 bytes until 1970-01-16T00:00:00.000000Z, says record 11
              not kept; not for BANKFRPP
        "#]],
    );
}

#[test]
fn a_service_carries_files_where_its_rules_say_so_and_of_that_size() {
    check_with_members(
        "
        service payments
        service reports files=5000
        submit ALPHDEFFA 1 BANKFRPP service=payments file=7/1000
        submit ALPHDEFFA 2 BANKFRPP service=reports file=7/5000
        submit ALPHDEFFA 3 BANKFRPP service=reports file=8/5001
        # Other messages may come in it too.
        submit ALPHDEFFA 4 BANKFRPP service=reports
        retire reports nobody uses it
        submit ALPHDEFFA 5 BANKFRPP service=reports file=7/1000
        service archive files=0
        ",
        &expect![[r#"
            service payments: *, group []
            service reports: *, group []
            refused 1 of ALPHDEFFA in record 9
              NET150 at header/file, fault of the sender: service payments carries no files
            accepted 2 of ALPHDEFFA in record 10
            offer BANKFRPP normal 1: record 10
            refused 3 of ALPHDEFFA in record 11
              NET151 at header/file, fault of the sender: service reports carries files of at most 5000 bytes, but this one has 5001
            accepted 4 of ALPHDEFFA in record 12
            offer BANKFRPP normal 2: record 12
            service reports: *, retired, group []
            refused 5 of ALPHDEFFA in record 14
              NET015 at header/service, fault of the sender: service reports carries no messages any more
            NET073 the rules of service archive are no good: a file has at least 1 byte
        "#]],
    );
}

#[test]
fn the_files_of_an_institution_have_a_quota_in_a_service() {
    check_over_days(
        "
        service reports files=600/1000 days=10
        service other files=600/1000 days=10
        @1d submit ALPHDEFFA 1 BANKFRPP service=reports file=7/600
        @2d submit ALPHDEFFA 2 BANKFRPP service=reports file=8/401
        @2d submit ALPHDEFFA 3 BANKFRPP service=reports file=8/400
        # The same file counts once, in another service it counts there, and others have their own.
        @3d submit ALPHDEFFA 4 ALPHDEFF service=reports file=7/600
        @3d submit ALPHDEFFA 5 BANKFRPP service=other file=9/600
        @3d submit BANKFRPPA 1 ALPHDEFF service=reports file=7/600
        @10d submit ALPHDEFFA 6 BANKFRPP service=reports file=10/1
        # On day 11 the first announcement is over, but its file was announced on day 3 again.
        @11d submit ALPHDEFFA 7 BANKFRPP service=reports file=10/1
        @12d submit ALPHDEFFA 8 BANKFRPP service=reports file=10/401
        @13d submit ALPHDEFFA 9 BANKFRPP service=reports file=11/600
        ",
        &expect![[r#"
            service reports: *, group []
            service other: *, group []
            accepted 1 of ALPHDEFFA in record 11
            offer BANKFRPP normal 1: record 11
            refused 2 of ALPHDEFFA in record 12
              NET152 at header/file, fault of the sender: the files of ALPHDEFF in service reports may have 1000 bytes, and have 600 without this one
            accepted 3 of ALPHDEFFA in record 13
            offer BANKFRPP normal 2: record 13
            accepted 4 of ALPHDEFFA in record 14
            offer ALPHDEFF normal 1: record 14
            accepted 5 of ALPHDEFFA in record 15
            offer BANKFRPP normal 3: record 15
            accepted 1 of BANKFRPPA in record 16
            offer ALPHDEFF normal 2: record 16
            refused 6 of ALPHDEFFA in record 17
              NET152 at header/file, fault of the sender: the files of ALPHDEFF in service reports may have 1000 bytes, and have 1000 without this one
            refused 7 of ALPHDEFFA in record 18
              NET152 at header/file, fault of the sender: the files of ALPHDEFF in service reports may have 1000 bytes, and have 1000 without this one
            refused 8 of ALPHDEFFA in record 19
              NET152 at header/file, fault of the sender: the files of ALPHDEFF in service reports may have 1000 bytes, and have 600 without this one
            accepted 9 of ALPHDEFFA in record 20
            offer BANKFRPP normal 4: record 20
        "#]],
    );
}

#[test]
fn one_digest_is_one_length() {
    check_with_members(
        "
        submit ALPHDEFFA 1 BANKFRPP file=7/1000
        submit ALPHDEFFA 2 BANKFRPP file=7/1001
        submit BANKFRPPA 1 ALPHDEFF file=7/1001
        ",
        &expect![[r#"
            accepted 1 of ALPHDEFFA in record 7
            offer BANKFRPP normal 1: record 7
            refused 2 of ALPHDEFFA in record 8
              NET154 at header/file, fault of the sender: record 7 announced this file with 1000 bytes, and this message with 1001
            accepted 1 of BANKFRPPA in record 9
            offer ALPHDEFF normal 1: record 9
        "#]],
    );
}

#[test]
fn an_announcement_that_nobody_was_offered_and_that_is_withdrawn_gives_nothing() {
    check_over_days(
        "
        close BANKFRPPA
        submit ALPHDEFFA 1 BANKFRPP file=7/1000
        abort BANKFRPP 10 sent by mistake
        file BANKFRPP ALPHDEFF 7
        service reports files=5000 withdraw=60
        @1s submit ALPHDEFFA 2 BANKFRPP service=reports file=8/1000
        @60s file BANKFRPP ALPHDEFF 8
        @61s tick
        file BANKFRPP ALPHDEFF 8
        ",
        &expect![[r#"
            end session 1 of BANKFRPPA: Closed(Goodbye)
            lanes of BANKFRPP to nobody
            accepted 1 of ALPHDEFFA in record 10
            offer BANKFRPP normal 1: record 10
            offer ALPHDEFF system 1: notice
              not kept; not for BANKFRPP
            service reports: *, group []
            accepted 2 of ALPHDEFFA in record 13
            offer BANKFRPP normal 2: record 13
              kept; BANKFRPP may fetch 1000 bytes until 1970-05-05T00:00:01.000000Z, says record 13
            offer ALPHDEFF system 2: notice
              not kept; not for BANKFRPP
        "#]],
    );
}

#[test]
fn what_stands_against_a_file_is_known_before_it_is_sent() {
    check_over_days(
        "
        upload ALPHDEFFA anything 7 1000
        upload CHASUS33A anything 7 1000
        service reports files=600/1000 closed
        service payments
        upload ALPHDEFFA anything 7 600
        upload ALPHDEFFA payments 7 600
        upload ALPHDEFFA reports 7 600
        join reports ALPHDEFF
        upload ALPHDEFFA reports 7 600
        upload ALPHDEFFA reports 7 601
        join reports BANKFRPP
        submit ALPHDEFFA 1 BANKFRPP service=reports file=7/600
        upload ALPHDEFFA reports 7 600
        upload ALPHDEFFA reports 8 600
        retire reports nobody uses it
        upload ALPHDEFFA reports 8 1
        suspend ALPHDEFF a reason
        upload ALPHDEFFA payments 8 1
        ",
        &expect![[r#"
              ALPHDEFFA may send it
              NET003 CHASUS33A is suspended and may not send
            service reports: *, closed, group []
            service payments: *, group []
              NET014 this network has no service anything
              NET150 service payments carries no files
              NET060 ALPHDEFF is not in the group of service reports
            service reports: *, closed, group [ALPHDEFF]
              ALPHDEFFA may send it
              NET151 service reports carries files of at most 600 bytes, but this one has 601
            service reports: *, closed, group [ALPHDEFF, BANKFRPP]
            accepted 1 of ALPHDEFFA in record 13
            offer BANKFRPP normal 1: record 13
              ALPHDEFFA may send it
              NET152 the files of ALPHDEFF in service reports may have 1000 bytes, and have 600 without this one
            service reports: *, closed, retired, group [ALPHDEFF, BANKFRPP]
              NET015 service reports carries no messages any more
            ALPHDEFF is Suspended { reason: a reason }
              NET003 ALPHDEFFA is suspended and may not send
              NET150 service payments carries no files
        "#]],
    );
}

/// Announcements in any order, and their ends: what is counted is what is kept.
#[test]
fn what_is_counted_is_what_is_kept() {
    let mut stage = Stage::over_days();
    stage.play("service reports files=600/2000 days=2");
    let mut seed = 7_u64;
    for number in 1..400_u64 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (file, hour) = (seed >> 60, number);
        let bytes = 10 + file * 40;
        stage.play(&format!(
            "@{hour}h submit ALPHDEFFA {number} BANKFRPP service=reports file={file}/{bytes}"
        ));
        let files = &stage.network.files;
        for (service, sender) in files.used.keys() {
            let of = files
                .announced
                .values()
                .filter(|it| (it.service, it.sender) == (*service, *sender));
            let each: std::collections::BTreeMap<_, _> =
                of.map(|it| (it.file.digest, it.file.bytes)).collect();
            let used = files.used[&(*service, *sender)];
            assert_eq!(used, each.values().sum::<u64>());
            assert!(used <= 2_000, "{used}");
        }
        assert_eq!(files.ends.len(), files.announced.len());
    }
    assert!(stage.said.contains("NET152"), "the quota was met");
}
