//! Inline hooks.

use super::Org;
use crate::practice::events::Event;
use crate::practice::group::Hook;
use crate::practice::ids::Kind;
use crate::practice::journal::ChangeKind;
use crate::practice::refusal::Refusal;

impl Org {
    pub(crate) fn hook_id(&self, number: u32) -> String {
        self.ids.id(Kind::Hook, number)
    }

    pub(crate) fn hook(&self, number: u32) -> Option<&Hook> {
        self.hooks.get(usize::try_from(number).ok()?)?.as_ref()
    }

    pub(crate) fn find_hook(&self, id: &str) -> Result<u32, Refusal> {
        self.ids
            .number(Kind::Hook, id)
            .filter(|&number| self.hook(number).is_some())
            .ok_or_else(|| Refusal::not_found(id, "InlineHook"))
    }

    pub(crate) fn hooks(&self) -> impl Iterator<Item = (u32, &Hook)> {
        self.hooks.iter().zip(0..).filter_map(|(hook, number)| hook.as_ref().map(|hook| (number, hook)))
    }

    pub(crate) fn add_hook(&mut self, hook: Hook, now: i64) -> Result<u32, Refusal> {
        let number = u32::try_from(self.hooks.len()).map_err(|_| Refusal::internal())?;
        let event = Event::new("inline_hook.created").with("InlineHook", &self.hook_id(number), &hook.name);
        self.hooks.push(Some(hook));
        self.events.push(event, now);
        self.mark(ChangeKind::Hook, u64::from(number));
        Ok(number)
    }

    /// Puts another hook in a hook's place, or nothing; `kind` is the event.
    pub(crate) fn put_hook(&mut self, number: u32, hook: Option<Hook>, kind: &str, now: i64) {
        let id = self.hook_id(number);
        if let Some(place) = usize::try_from(number).ok().and_then(|at| self.hooks.get_mut(at)) {
            let name = hook.as_ref().or(place.as_ref()).map(|hook| hook.name.clone()).unwrap_or_default();
            let gone = hook.is_none();
            *place = hook;
            if gone {
                self.mark(ChangeKind::Org, 0);
            }
            self.events.push(Event::new(kind).with("InlineHook", &id, &name), now);
            self.mark(ChangeKind::Hook, u64::from(number));
        }
    }
}
