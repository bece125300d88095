//! The list behind a virtual table: ids in order, a cache of the rows near the eye, and who is selected.
//!
//! A frame only looks up what is here. The order (four bytes a person) and the rows come from the workspace through questions;
//! while an answer is on its way the old one stays on screen. Of a new filter or sort the first rows come at once, and
//! everyone a moment later: with a million people that is up to a second.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use crate::app::jobs::{Jobs, Question};
use crate::app::place::Looked;
use crate::ui::Problem;
use crate::workspace::{PeopleFilter, PersonId, PersonRow, Sort, Workspace};

/// Rows asked for beyond those in view, on either side.
const AHEAD: usize = 60;
/// People of a new list shown before everyone in it is known: more than any screen holds.
const HEAD: u32 = 200;
/// Rows kept. Enough for any screen and a few pages around it.
const KEPT: usize = 2_000;

/// The rows near the eye, by person.
#[derive(Debug, Default)]
pub struct Blocks {
    rows: HashMap<PersonId, (u64, PersonRow)>,
    /// Rises when what is cached may be out of date.
    version: u64,
}

impl Blocks {
    /// The row of a person, as last seen.
    pub fn get(&self, id: PersonId) -> Option<&PersonRow> {
        self.rows.get(&id).map(|(_, row)| row)
    }

    /// What is cached stays on screen, but is to be fetched again.
    pub fn outdate(&mut self) {
        self.version += 1;
    }

    /// The number of the present state, to be handed back with the rows fetched in it.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Of these, the ones missing or out of date.
    pub fn missing(&self, ids: &[PersonId]) -> Vec<PersonId> {
        let old = |id: &PersonId| self.rows.get(id).is_none_or(|(version, _)| *version < self.version);
        ids.iter().copied().filter(old).collect()
    }

    /// Takes in rows fetched at `version`; keeps memory flat.
    pub fn put(&mut self, version: u64, rows: Vec<PersonRow>) {
        if self.rows.len() + rows.len() > KEPT {
            self.rows.clear();
        }
        self.rows.extend(rows.into_iter().map(|row| (row.id, (version, row))));
    }
}

/// Who is selected in a table. The cursor is where the keyboard is; the anchor where a range began.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    ids: BTreeSet<PersonId>,
    cursor: Option<usize>,
    anchor: Option<usize>,
}

impl Selection {
    /// The most people a range by hand can hold; more are better named by a filter.
    pub const MOST: usize = 5_000;

    /// Whether someone is selected.
    pub fn contains(&self, id: PersonId) -> bool {
        self.ids.contains(&id)
    }

    /// How many are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether nobody is.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Everyone selected.
    pub fn ids(&self) -> Vec<PersonId> {
        self.ids.iter().copied().collect()
    }

    /// The one, when exactly one is.
    pub fn single(&self) -> Option<PersonId> {
        if self.ids.len() == 1 { self.ids.first().copied() } else { None }
    }

    /// The place of the keyboard.
    pub fn cursor(&self) -> Option<usize> {
        self.cursor
    }

    /// Nobody.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// This row alone.
    pub fn only(&mut self, order: &[PersonId], at: usize) {
        let Some(id) = order.get(at) else { return };
        self.ids = BTreeSet::from([*id]);
        (self.cursor, self.anchor) = (Some(at), Some(at));
    }

    /// This row too, or no longer.
    pub fn toggle(&mut self, order: &[PersonId], at: usize) {
        let Some(id) = order.get(at) else { return };
        if !self.ids.remove(id) {
            self.ids.insert(*id);
        }
        (self.cursor, self.anchor) = (Some(at), Some(at));
    }

    /// The keyboard goes to this row; who is selected stays.
    pub fn move_to(&mut self, order: &[PersonId], at: usize) {
        if let Some(last) = order.len().checked_sub(1) {
            (self.cursor, self.anchor) = (Some(at.min(last)), Some(at.min(last)));
        }
    }

    /// Whether everyone shown is.
    pub fn is_all(&self, order: &[PersonId]) -> bool {
        // Only people shown can be selected.
        !order.is_empty() && self.ids.len() == order.len()
    }

    /// Everyone shown, or nobody when everyone is. More than [`Selection::MOST`] are better named by the filter: then nothing.
    pub fn all(&mut self, order: &[PersonId]) {
        if self.is_all(order) {
            self.clear();
        } else if order.len() <= Self::MOST {
            self.ids = order.iter().copied().collect();
        }
    }

    /// From where the range began to this row, at most [`Selection::MOST`] rows.
    pub fn extend(&mut self, order: &[PersonId], at: usize) {
        if order.is_empty() {
            return;
        }
        let at = at.min(order.len() - 1);
        let anchor = self.anchor.unwrap_or(at).min(order.len() - 1);
        let (from, to) = if anchor <= at {
            (anchor, at.min(anchor + Self::MOST - 1))
        } else {
            (at.max((anchor + 1).saturating_sub(Self::MOST)), anchor)
        };
        self.ids = order[from..=to].iter().copied().collect();
        (self.cursor, self.anchor) = (Some(at), Some(anchor));
    }

    /// Another order: the places no longer mean anything, the people do.
    pub fn reordered(&mut self, order: &[PersonId]) {
        let single = self.single();
        self.cursor = self.cursor.and_then(|at| {
            let near = at.min(order.len().checked_sub(1)?);
            // Only close by: a full search would grow with the list.
            let from = near.saturating_sub(2_000);
            let window = order.get(from..order.len().min(near + 2_000))?;
            let found = single.and_then(|id| window.iter().position(|other| *other == id)).map(|p| p + from);
            Some(found.unwrap_or(near))
        });
        self.anchor = self.cursor;
    }
}

/// The list behind one table.
#[derive(Default)]
pub struct PeopleList {
    /// Who is shown.
    pub filter: PeopleFilter,
    /// In which order.
    pub sort: Sort,
    /// Everyone shown, in order.
    pub order: Arc<Vec<PersonId>>,
    /// The rows near the eye.
    pub rows: Blocks,
    /// Who is selected.
    pub selection: Selection,
    /// What went wrong with the last question.
    pub problem: Option<Problem>,
    /// The rows in view, told by the table each frame.
    pub in_view: Range<usize>,
    /// The table shall show this row at the next frame.
    pub scroll_to: Option<usize>,
    /// The table shall show this row at its top at the next frame.
    pub scroll_top: Option<usize>,
    /// An order has come at least once.
    pub loaded: bool,
    /// Who is to be selected, and the row to be at the top, when the first order comes.
    restore: Option<(Option<PersonId>, usize)>,
    /// Who is to be selected and shown when the order has come.
    reveal: Option<PersonId>,
    order_due: bool,
    /// Another list, not the old one brought up to date: its first rows are asked for too.
    head_due: bool,
    /// Only the first rows of the list are known.
    head_only: bool,
    heading: Question<Vec<PersonId>>,
    ordering: Question<Vec<PersonId>>,
    fetching: Question<(u64, Vec<PersonRow>)>,
}

impl PeopleList {
    /// Shows these; the old order stays on screen until the new one comes.
    pub fn show(&mut self, filter: PeopleFilter) {
        if filter != self.filter || !self.loaded {
            self.filter = filter;
            (self.order_due, self.head_due) = (true, true);
            self.selection.clear();
            self.scroll_to = Some(0);
        }
    }

    /// Shows what was shown before the workspace was closed.
    pub fn restore(&mut self, looked: &Looked) {
        self.sort = looked.sort;
        self.show(looked.filter.clone());
        self.restore = Some((looked.person, looked.top));
    }

    /// What it shows, for [`PeopleList::restore`].
    pub fn looked(&self) -> Looked {
        // Until the first order is there, what is wanted stands for what is.
        let (person, top) = self.restore.unwrap_or((self.selection.single(), self.in_view.start));
        Looked { filter: self.filter.clone(), sort: self.sort, person, top }
    }

    fn take_up(&mut self) {
        let Some((person, top)) = self.restore.take() else { return };
        // Once, when a workspace is opened: some milliseconds for a million.
        if let Some(at) = person.and_then(|id| self.order.iter().position(|other| *other == id)) {
            self.selection.only(&self.order, at);
        }
        self.scroll_to = None;
        self.scroll_top = (!self.order.is_empty()).then(|| top.min(self.order.len() - 1));
        // Until the table is drawn there, this is where it is.
        self.in_view = self.scroll_top.map_or(0..0, |at| at..at);
    }

    /// Shows everyone, and in the list this person, selected.
    pub fn reveal(&mut self, id: PersonId) {
        self.filter = PeopleFilter::default();
        self.order_due = true;
        self.selection.clear();
        self.restore = None;
        self.reveal = Some(id);
    }

    fn take_reveal(&mut self) {
        if let Some(id) = self.reveal.take()
            && let Some(at) = self.order.iter().position(|other| *other == id)
        {
            let order = Arc::clone(&self.order);
            self.selection.only(&order, at);
            self.scroll_to = Some(at);
        }
    }

    /// Sorts so.
    pub fn sort_by(&mut self, sort: Sort) {
        if sort != self.sort {
            self.sort = sort;
            (self.order_due, self.head_due) = (true, true);
            self.scroll_to = Some(0);
        }
    }

    /// Something changed in the workspace: the rows in view may be others now, and with `order` who is shown.
    pub fn outdate(&mut self, order: bool) {
        self.rows.outdate();
        self.order_due |= order;
    }

    /// Whether the order is on its way.
    pub fn is_ordering(&self) -> bool {
        self.order_due || self.ordering.is_waiting()
    }

    /// How many are shown; `None` while only the first of them are known.
    pub fn count(&self) -> Option<usize> {
        (!self.head_only).then_some(self.order.len())
    }

    /// Puts people in by hand: for tests and pictures.
    pub fn fill(&mut self, rows: Vec<PersonRow>) {
        self.order = Arc::new(rows.iter().map(|row| row.id).collect());
        let version = self.rows.version();
        self.rows.put(version, rows);
        self.loaded = true;
        (self.order_due, self.head_due, self.head_only) = (false, false, false);
        self.heading.forget();
        self.ordering.forget();
    }

    /// Takes in answers and asks for what is missing. Gives whether a new order came.
    pub fn logic(&mut self, jobs: &Jobs, workspace: Option<&Workspace>) -> bool {
        let mut reordered = false;
        // Where the first rows did not come, the whole list, which is on its way, says why.
        if let Some(Ok(head)) = self.heading.take() {
            self.head_only = head.len() >= HEAD as usize;
            self.order = Arc::new(head);
            self.selection.reordered(&self.order);
            if !self.head_only {
                // That was everyone.
                self.ordering.forget();
                self.take_up();
                self.take_reveal();
            }
            self.problem = None;
            self.loaded = true;
            reordered = true;
        }
        match self.ordering.take() {
            Some(Ok(order)) => {
                self.heading.forget();
                self.head_only = false;
                self.order = Arc::new(order);
                self.selection.reordered(&self.order);
                self.take_up();
                self.take_reveal();
                self.problem = None;
                self.loaded = true;
                reordered = true;
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        match self.fetching.take() {
            Some(Ok((version, rows))) => self.rows.put(version, rows),
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        let Some(workspace) = workspace else { return reordered };
        if self.order_due {
            // A newer question takes the older one's place: only the last filter typed is answered.
            self.order_due = false;
            if std::mem::take(&mut self.head_due) {
                let (workspace, filter, sort) = (workspace.clone(), self.filter.clone(), self.sort);
                let pending = jobs.ask("the first people in order", async move {
                    workspace.head(&filter, sort, HEAD).await
                });
                self.heading.ask(pending);
            } else {
                // What is on its way is of before the change: it may not pass for everyone.
                self.heading.forget();
            }
            let (workspace, filter, sort) = (workspace.clone(), self.filter.clone(), self.sort);
            let pending = jobs.ask("people in order", async move { workspace.order(&filter, sort).await });
            self.ordering.ask(pending);
        }
        if !self.fetching.is_waiting() {
            let missing = self.rows.missing(self.near());
            if !missing.is_empty() {
                let (workspace, version) = (workspace.clone(), self.rows.version());
                let pending = jobs.ask("rows of people", async move {
                    workspace.rows(&missing).await.map(|rows| (version, rows))
                });
                self.fetching.ask(pending);
            }
        }
        reordered
    }

    /// The people in view and a little around.
    fn near(&self) -> &[PersonId] {
        let end = self.in_view.end.max(AHEAD).saturating_add(AHEAD).min(self.order.len());
        let from = self.in_view.start.saturating_sub(AHEAD).min(end);
        self.order.get(from..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Outcome, OutcomeKind, Route};
    use crate::workspace::Disposition;

    fn row(id: u32) -> PersonRow {
        PersonRow {
            id: PersonId(id),
            row: id,
            name: format!("Person {id}"),
            login: format!("p{id}@example.com"),
            route: Route::Import,
            disposition: Disposition::Import,
            scheme: "bcrypt".into(),
            scheme_label: "bcrypt · 10".into(),
            finding: None,
            findings: 0,
            outcome: Outcome::of(OutcomeKind::Waiting),
            sent: None,
            edited: false,
            there: false,
            there_as: None,
            gone: false,
            changed: None,
        }
    }

    fn ids(range: std::ops::RangeInclusive<u32>) -> Vec<PersonId> {
        range.map(PersonId).collect()
    }

    #[test]
    fn rows_out_of_date_stay_on_screen_until_fetched_again() {
        let mut blocks = Blocks::default();
        blocks.put(0, vec![row(1), row(2)]);
        assert_eq!(blocks.missing(&ids(1..=3)), ids(3..=3));
        blocks.outdate();
        assert!(blocks.get(PersonId(1)).is_some());
        assert_eq!(blocks.missing(&ids(1..=2)), ids(1..=2));
        // An answer from before the change does not pass for a fresh one.
        blocks.put(0, vec![row(1)]);
        assert_eq!(blocks.missing(&ids(1..=1)), ids(1..=1));
    }

    #[test]
    fn the_cache_does_not_grow_with_the_people_seen() {
        let mut blocks = Blocks::default();
        for start in 0..100_u32 {
            blocks.put(0, (start * 100..start * 100 + 100).map(row).collect());
        }
        assert!(blocks.rows.len() <= KEPT, "{}", blocks.rows.len());
        assert!(blocks.get(PersonId(9_999)).is_some());
    }

    #[test]
    fn shift_selects_from_where_the_range_began_both_ways() {
        let order = ids(1..=10);
        let mut selection = Selection::default();
        selection.only(&order, 4);
        selection.extend(&order, 6);
        assert_eq!(selection.ids(), ids(5..=7));
        selection.extend(&order, 2);
        assert_eq!(selection.ids(), ids(3..=5));
        selection.toggle(&order, 3);
        assert_eq!(selection.ids(), [PersonId(3), PersonId(5)]);
        assert_eq!(selection.single(), None);
    }

    #[test]
    fn everyone_is_ticked_and_unticked_while_they_can_be_held() {
        let order = ids(1..=10);
        let mut selection = Selection::default();
        selection.only(&order, 4);
        selection.all(&order);
        assert!(selection.is_all(&order) && selection.len() == 10);
        selection.move_to(&order, 7);
        selection.toggle(&order, 7);
        assert_eq!((selection.len(), selection.cursor()), (9, Some(7)));
        selection.all(&order);
        selection.all(&order);
        assert!(selection.is_empty());
        let many = ids(1..=20_000);
        selection.all(&many);
        assert!(selection.is_empty());
    }

    #[test]
    fn a_list_is_taken_up_where_it_was_left() {
        let looked = Looked {
            filter: PeopleFilter { search: "grant".into(), ..PeopleFilter::default() },
            sort: Sort { descending: true, ..Sort::default() },
            person: Some(PersonId(42)),
            top: 30,
        };
        let mut list = PeopleList::default();
        list.restore(&looked);
        assert_eq!(list.looked(), looked, "what is wanted, while the order is on its way");
        list.ordering.answer(Ok(ids(1..=100)));
        let places = crate::app::jobs::Places {
            config: "/nonexistent".into(),
            data: "/nonexistent".into(),
            key_file: None,
        };
        let jobs = Jobs::disconnected(places, Arc::new(crate::secrets::SessionOnly::new()));
        assert!(list.logic(&jobs, None));
        assert_eq!((list.selection.single(), list.scroll_top), (Some(PersonId(42)), Some(30)));
        assert_eq!(list.looked(), looked);
        // Someone no longer there is no one selected.
        list.restore(&Looked { person: Some(PersonId(7_000)), top: 5_000, ..looked });
        list.ordering.answer(Ok(ids(1..=100)));
        list.logic(&jobs, None);
        assert_eq!(list.scroll_top, Some(99));
    }

    #[test]
    fn a_range_is_capped_and_keeps_the_end_it_began_at() {
        let order = ids(1..=20_000);
        let mut selection = Selection::default();
        selection.only(&order, 0);
        selection.extend(&order, 19_999);
        assert_eq!(selection.len(), Selection::MOST);
        assert!(selection.contains(PersonId(1)));
        selection.only(&order, 19_999);
        selection.extend(&order, 0);
        assert_eq!(selection.len(), Selection::MOST);
        assert!(selection.contains(PersonId(20_000)));
    }

    #[test]
    fn the_selected_person_keeps_the_keyboard_when_the_order_changes() {
        let order = ids(1..=10);
        let mut selection = Selection::default();
        selection.only(&order, 4);
        let turned: Vec<_> = order.iter().rev().copied().collect();
        selection.reordered(&turned);
        assert_eq!(selection.cursor(), Some(5));
        assert_eq!(selection.single(), Some(PersonId(5)));
        selection.reordered(&[]);
        assert_eq!(selection.cursor(), None);
    }
}
