//! What a store keeps for ever, and what it may drop.

use super::{
    acquire,
    samples::{act, at, full_record, intent, result},
};
use crate::ports::{
    Act, CycleRow, CycleStatus, Deed, Intent, IntentState, ResultBatch, StateStore,
};

/// Acts are read back equal, each under its record, those about the store under none.
pub async fn an_act_is_kept_with_its_record_and_read_back_in_order(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    let record = full_record();
    let first = act();
    let second = Act { by: "Bo".to_owned(), at: at(10), ..first.clone() };
    let own = Act {
        deed: Deed::TakeOver,
        key: None,
        reason: None,
        by: String::new(),
        unsettled: true,
        ..first.clone()
    };
    store.record_act(&first, std::slice::from_ref(&record), epoch).await.expect("act");
    assert_eq!(store.records(&[record.key()]).await.expect("records"), [record]);
    store.record_act(&own, &[], epoch).await.expect("act");
    store.record_act(&second, &[], epoch).await.expect("act");
    // The same words twice are two acts.
    store.record_act(&second, &[], epoch).await.expect("act");
    let told = store.acts(first.key.as_ref()).await.expect("acts");
    assert_eq!(told, [first, second.clone(), second]);
    assert_eq!(store.acts(None).await.expect("acts"), [own]);
}

/// Payloads of settled documents and ended cycles from before the moment go; whatever keeps a document
/// from being posted twice stays.
pub async fn compaction_drops_old_payloads_and_cycles_and_nothing_else(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    for number in 1..=3 {
        assert_eq!(store.open_cycle(at(number), epoch).await.expect("open"), number);
        // The second was killed and never ended.
        if number != 2 {
            let (started_at, finished_at) = (at(number), Some(at(number + 1)));
            let row = CycleRow { number, started_at, finished_at, status: CycleStatus::Done };
            store.close_cycle(&row, epoch).await.expect("close");
        }
    }
    let written = |sequence, second| Intent { written_at: at(second), ..intent(sequence, epoch) };
    let intents = [written(1, 10), written(2, 10), written(3, 10), written(4, 10), written(5, 30)];
    store.record_intents(&intents, epoch).await.expect("intents");
    let states = [IntentState::Posted, IntentState::Rejected, IntentState::Uncertain];
    let mut results: Vec<_> =
        intents.iter().zip(states).map(|(intent, state)| result(intent, state, None)).collect();
    results.push(result(&intents[4], IntentState::Posted, None));
    let batch = ResultBatch { results, records: vec![full_record()] };
    store.record_results(&batch, epoch).await.expect("results");
    store.record_act(&act(), &[], epoch).await.expect("act");
    let source = intents[0].key.source;
    let before = store.intents(&source).await.expect("intents");
    let open = store.open_intents().await.expect("open intents");

    assert_eq!(store.compact(at(1), epoch).await.expect("compact"), 0, "nothing is that old");
    assert_eq!(store.intents(&source).await.expect("intents"), before);
    let mut dropped = 0;
    loop {
        match store.compact(at(20), epoch).await.expect("compact") {
            0 => break,
            some => dropped += some,
        }
    }
    assert_eq!(dropped, 4, "two payloads and two cycles");
    let expected: Vec<Intent> = before
        .iter()
        .map(|intent| match intent.key.sequence {
            1 | 2 => Intent { body: Vec::new(), ..intent.clone() },
            _ => intent.clone(),
        })
        .collect();
    assert_eq!(store.intents(&source).await.expect("intents"), expected);
    assert_eq!(store.open_intents().await.expect("open intents"), open);
    assert_eq!(store.records(&[full_record().key()]).await.expect("records"), [full_record()]);
    assert_eq!(store.acts(act().key.as_ref()).await.expect("acts"), [act()]);
    store.record_intents(&intents[..1], epoch).await.expect_err("its number stays used");

    let last = store.last_cycle().await.expect("last cycle").expect("the newest cycle stays");
    assert_eq!(last.number, 3);
    assert_eq!(store.open_cycle(at(40), epoch).await.expect("open"), 4, "no number comes again");
}
