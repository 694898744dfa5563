//! What servers write, what networks do to it, and what nobody should send.

#![allow(clippy::unwrap_used)]

use super::super::answers::{BatchAnswer, align};
use super::super::request::Batch;
use super::*;
use crate::client::Call;
use crate::error::{ErrorKind, Outcome};
use proptest::prelude::*;

#[derive(serde::Deserialize)]
struct Samples {
    response_success: Sample,
    response_changeset_failed: Sample,
}

#[derive(serde::Deserialize)]
struct Sample {
    body: String,
}

fn samples() -> Samples {
    serde_json::from_str(include_str!("../../tests/fixtures/batch-samples.json")).unwrap()
}

fn content_type(body: &str) -> String {
    let boundary = body.lines().next().unwrap().trim_start_matches('-');
    format!("multipart/mixed;boundary={boundary}")
}

/// A read, a change set of two, and a read behind it.
fn batch() -> Batch {
    let mut batch = Batch::new();
    batch.add(Call::get("Items('i001')")).unwrap();
    let set = batch.change_set();
    let item = set.add(Call::post("Items", Bytes::from_static(b"{}"))).unwrap();
    set.add(Call::patch(item.path(), Bytes::from_static(b"{}"))).unwrap();
    batch
}

fn aligned(content_type: Option<&str>, body: &str) -> Vec<BatchAnswer> {
    let parts = read(content_type, &Bytes::from(body.to_owned())).unwrap();
    align(&batch(), parts).unwrap()
}

fn outcome(answer: &BatchAnswer) -> String {
    match answer {
        BatchAnswer::Done(answers) => {
            answers.iter().map(|answer| format!("{} ", answer.status().as_u16())).collect()
        }
        BatchAnswer::Failed(error) => format!("{:?} {:?}", error.kind(), error.outcome()),
        BatchAnswer::NotExecuted => "not executed".to_owned(),
    }
}

fn outcomes(content_type: Option<&str>, body: &str) -> Vec<String> {
    aligned(content_type, body).iter().map(outcome).collect()
}

#[test]
fn the_manuals_answer_is_read_in_every_form_that_servers_and_networks_give_it() {
    let body = samples().response_success.body;
    let announced = content_type(&body);
    let quoted = announced.replace("boundary=", "charset=utf-8; Boundary=\"") + "\"";
    let without_ids = body.replace("Content-ID:1\r\n", "").replace("Content-ID:2\r\n", "");
    let (first, second) = (body.find("Content-ID:1").unwrap(), body.find("Content-ID:2").unwrap());
    assert!(first < second);
    let swapped = body
        .replace("Content-ID:1", "Content-ID:x")
        .replace("Content-ID:2", "Content-ID:1")
        .replace("Content-ID:x", "Content-ID:2");
    for (name, content_type, body, set) in [
        ("as printed", Some(&announced), body.clone(), "201 204 "),
        ("line feeds", Some(&announced), body.replace("\r\n", "\n"), "201 204 "),
        ("quoted boundary", Some(&quoted), body.clone(), "201 204 "),
        ("no content type", None, body.clone(), "201 204 "),
        ("preamble", None, format!("This is a multipart message.\r\n\r\n{body}"), "201 204 "),
        ("epilogue", Some(&announced), format!("{body}bye\r\n"), "201 204 "),
        ("no content ids", Some(&announced), without_ids, "201 204 "),
        ("other order", Some(&announced), swapped, "204 201 "),
        (
            "spaces after the boundary",
            Some(&announced),
            body.replace("eff2\r\n", "eff2 \t\r\n"),
            "201 204 ",
        ),
    ] {
        let answers = aligned(content_type.map(String::as_str), &body);
        assert_eq!(answers.iter().map(outcome).collect::<Vec<_>>(), ["200 ", set], "{name}");
        let BatchAnswer::Done(first) = &answers[0] else { panic!("{name}") };
        assert_eq!(&first[0].body()[..], b"{\"ItemCode\" : \"i001\"}", "{name}");
    }
}

#[test]
fn a_failed_change_set_is_one_refusal_and_what_follows_was_not_executed() {
    let body = samples().response_changeset_failed.body;
    let mut longer = batch();
    longer.add(Call::get("Items('i002')")).unwrap();
    longer.add(Call::post("Items", Bytes::from_static(b"{}"))).unwrap();
    let parts = read(Some(&content_type(&body)), &Bytes::from(body)).unwrap();
    let answers = align(&longer, parts).unwrap();
    let found: Vec<_> = answers.iter().map(outcome).collect();
    assert_eq!(found, ["200 ", "AlreadyExists Refused", "not executed", "not executed"]);
    let BatchAnswer::Failed(error) = &answers[1] else { panic!() };
    assert_eq!((error.code(), error.message()), (Some(-10), "Item code 'i002' already exists"));
}

#[test]
fn what_an_answer_does_not_show_to_its_end_is_unknown_for_a_write() {
    let body = samples().response_success.body;
    let announced = content_type(&body);
    // Cut behind the first part, inside the set, and before its closing boundary.
    for end in [
        "--batchresponse_d878cedc-a0ad-4025-823e-5ee1aaffa288\r\nContent-Type:multipart",
        "{\"ItemCode\" : \"i002\"",
        "--changesetresponse_8bfb3c36-dbf7-46a0-bdfe-670bbac86eb2--",
    ] {
        let cut = &body[..body.find(end).unwrap() + 20];
        assert_eq!(outcomes(Some(&announced), cut)[1], "OutcomeUnknown Unknown", "{end}");
    }
    let other_ids = body.replace("Content-ID:2", "Content-ID:7");
    assert_eq!(outcomes(Some(&announced), &other_ids)[1], "OutcomeUnknown Unknown");
    let one_failed = body.replace("204 No Content", "500 Oops");
    assert_eq!(outcomes(Some(&announced), &one_failed)[1], "OutcomeUnknown Unknown");
    let no_status = body.replace("HTTP/1.1 201 Created", "hello");
    assert_eq!(outcomes(Some(&announced), &no_status)[1], "OutcomeUnknown Unknown");
    // An answer that ends after a success has lost the rest; it did not stop there.
    let mut only_first = body
        .find("--batchresponse_d878cedc-a0ad-4025-823e-5ee1aaffa288\r\nContent-Type:multipart")
        .map(|at| body[..at].to_owned())
        .unwrap();
    only_first.push_str("--batchresponse_d878cedc-a0ad-4025-823e-5ee1aaffa288--\r\n");
    assert_eq!(outcomes(Some(&announced), &only_first)[1], "OutcomeUnknown Unknown");
}

#[test]
fn more_answers_than_requests_or_no_multipart_at_all_is_no_answer() {
    let body = samples().response_success.body;
    let parts = read(None, &Bytes::from(body)).unwrap();
    let mut one = Batch::new();
    one.add(Call::post("Items", Bytes::new())).unwrap();
    let error = align(&one, parts).unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::OutcomeUnknown, Outcome::Unknown));
    for text in ["", "{}", "\r\n\r\n", "--", "-- a b\r\n"] {
        assert!(read(None, &Bytes::from(text)).is_none(), "{text:?}");
    }
}

#[test]
fn a_failure_that_a_server_puts_inside_its_set_is_the_sets_failure() {
    let body = "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nHTTP/1.1 400 Bad Request\n\n{\"error\":{\"code\":\"-2035\",\"message\":\"This entry already exists\"}}\n--c--\n--b--\n";
    let mut batch = Batch::new();
    let set = batch.change_set();
    set.add(Call::post("U_CLAIM", Bytes::new())).unwrap();
    set.add(Call::post("Items", Bytes::new())).unwrap();
    let answers = align(&batch, read(None, &Bytes::from(body)).unwrap()).unwrap();
    assert_eq!(outcome(&answers[0]), "AlreadyExists Refused");
}

#[test]
fn limits_hold_for_parts_and_headers() {
    let many = Bytes::from("--b\n\n".repeat(PARTS_MAX + 100));
    let parts = read(None, &many).unwrap();
    assert!(parts.parts.len() <= PARTS_MAX && !parts.complete);
    let headers = "X-A: 1\r\n".repeat(50_000);
    let text =
        Bytes::from(format!("--b\r\n{headers}\r\nHTTP/1.1 200 OK\r\n{headers}\r\nx\r\n--b--"));
    let parts = read(None, &text).unwrap();
    let [Part::Answer { answer, .. }] = parts.parts.as_slice() else { panic!() };
    assert_eq!((answer.headers().len(), &answer.body()[..]), (HEADERS_MAX, &b"x"[..]));
    let deep = (0..2000).fold(String::new(), |text, n| {
        format!("{text}--{n}\nContent-Type: multipart/mixed;boundary={}\n\n", n + 1)
    });
    let parts = read(None, &Bytes::from(deep)).unwrap();
    assert!(!parts.complete);
}

/// Bytes that look a little like an answer.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("--b".to_owned()),
        Just("--b--".to_owned()),
        Just("--c".to_owned()),
        Just("\r\n".to_owned()),
        Just("\n".to_owned()),
        Just("Content-Type: multipart/mixed;boundary=c".to_owned()),
        Just("Content-ID: 1".to_owned()),
        Just("Content-Length: 999999999999".to_owned()),
        Just("HTTP/1.1 201 Created".to_owned()),
        Just("HTTP/1.1".to_owned()),
        Just("{\"a\":1}".to_owned()),
        ".{0,8}",
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn no_bytes_panic_and_no_body_is_longer_than_the_answer(bytes in prop_oneof![noise(), proptest::collection::vec(any::<u8>(), 0..400)], content_type in prop_oneof![Just(None), Just(Some("multipart/mixed;boundary=b")), Just(Some("multipart/mixed; boundary=\"")), Just(Some("multipart/"))]) {
        let text = Bytes::from(bytes);
        if let Some(parts) = read(content_type, &text) {
            prop_assert!(parts.parts.len() <= text.len());
            if let Ok(answers) = align(&batch(), parts) {
                prop_assert_eq!(answers.len(), 2, "one answer for each item, whatever came");
            }
        }
    }

    #[test]
    fn a_cut_answer_never_shows_a_write_as_not_executed(cut in 1usize..1200) {
        let body = samples().response_success.body;
        let announced = content_type(&body);
        let mut body = body.into_bytes();
        body.truncate(cut);
        if let Some(parts) = read(Some(&announced), &Bytes::from(body)) {
            for answer in align(&batch(), parts).into_iter().flatten() {
                prop_assert!(!matches!(answer, BatchAnswer::NotExecuted));
            }
        }
    }
}
