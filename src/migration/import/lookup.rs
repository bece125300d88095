//! Who has a login in Okta, and who an e-mail address: asked in the way that answers for it.

use super::ask::{Ask, Got, Tries};
use crate::assess::{fold_login, same_login};
use crate::model::group_key;
use crate::okta::{Bucket, Group, Refusal, Reply, Request, User, Why};

/// What a look-up by login found.
#[derive(Debug)]
pub(in crate::migration) enum Look {
    /// The person of this login.
    Found(Box<User>),
    /// Somebody whose login differs only in accents, which Okta takes for the same.
    Twin(Box<User>),
    /// Nobody, as far as Okta knows by now.
    Nobody,
    /// The run was stopped.
    Stopped,
    /// Okta refused to tell.
    Refused(Refusal),
    /// It could not be found out.
    GaveUp(Why),
}

/// A user, if the answer is one.
pub(in crate::migration) fn one_user(reply: &Reply) -> Option<Box<User>> {
    reply.parse::<User>().filter(User::is_whole).map(Box::new)
}

/// The most pages of one question's answer: more is no answer to a question about so few.
const MOST_PAGES: usize = 25;

/// Users, if the answer is a list of them.
pub(in crate::migration) fn users(reply: &Reply) -> Option<Vec<User>> {
    reply.parse::<Vec<User>>().filter(|users| users.iter().all(User::is_whole))
}

impl Ask {
    /// A list to its end, page by page. One whose next page can't be asked for, or that does not end, is no answer.
    pub(in crate::migration) async fn list<T>(
        &self,
        first: Request,
        bucket: Bucket,
        tries: &mut Tries,
        read: impl Fn(&Reply) -> Option<Vec<T>>,
    ) -> Got<Vec<T>> {
        let (mut all, mut request) = (Vec::new(), first);
        for _ in 0..MOST_PAGES {
            let page = |reply: &Reply| {
                let next = match &reply.next {
                    Some(link) => Some(Request::next_page(bucket, link)?),
                    None => None,
                };
                Some((read(reply)?, next))
            };
            match self.call_as(&request, tries, page).await {
                Got::Done((some, next)) => {
                    all.extend(some);
                    match next {
                        Some(next) => request = next,
                        None => return Got::Done(all),
                    }
                }
                Got::Missing => return Got::Missing,
                Got::Taken(refusal) | Got::Refused(refusal) => return Got::Refused(refusal),
                Got::Unsure(why) | Got::GaveUp(why) => return Got::GaveUp(why),
                Got::Stopped => return Got::Stopped,
            }
        }
        Got::GaveUp(Why::Unreadable)
    }

    /// The groups of exactly this name, ignoring case. Okta finds them by how they begin, and may need several pages for it.
    pub(in crate::migration) async fn groups_named(&self, name: &str, tries: &mut Tries) -> Got<Vec<Group>> {
        let key = group_key(name);
        let read = |reply: &Reply| -> Option<Vec<Group>> {
            let groups = reply.parse::<Vec<Group>>()?;
            Some(groups.into_iter().filter(|group| group_key(group.name()) == key).collect())
        };
        self.list(Request::groups_starting(name), Bucket::Groups, tries, read).await
    }

    /// The person of this login, and nobody else: Okta also finds by the short name before the @. Asked once; whether that is
    /// enough is for the caller to know.
    pub(in crate::migration) async fn look_up(&self, login: &str, mut tries: Tries) -> Look {
        if let Some(question) = Request::get_by_login(login) {
            match self.call_as(&question, &mut tries, one_user).await {
                Got::Done(user) if same_login(user.profile.login(), login) => return Look::Found(user),
                Got::Done(user) if fold_login(user.profile.login()) == fold_login(login) => {
                    return Look::Twin(user);
                }
                Got::Missing => return Look::Nobody,
                Got::Unsure(why) | Got::GaveUp(why) => return Look::GaveUp(why),
                Got::Stopped => return Look::Stopped,
                // Somebody's short name; or a login that no path can hold, which is no word about who has it.
                Got::Done(_) | Got::Refused(_) | Got::Taken(_) => {}
            }
        }
        self.search_login(login, login, tries).await
    }

    /// Somebody whose login is the same to Okta, though it is written otherwise.
    pub(in crate::migration) async fn look_for_twin(&self, login: &str, tries: Tries) -> Look {
        self.search_login(&fold_login(login), login, tries).await
    }

    /// Searches by `words` for somebody whose login is `login`, or the same to Okta.
    async fn search_login(&self, words: &str, login: &str, mut tries: Tries) -> Look {
        let (mut twin, mut refused, mut answered) = (None, None, false);
        for question in [Request::search_login(words), Request::filter_login(words)] {
            let found = match self.call_as(&question, &mut tries, users).await {
                Got::Done(users) => users,
                // A search finds nobody with an empty list, never so.
                Got::Missing => return Look::GaveUp(Why::Unreadable),
                Got::Refused(refusal) | Got::Taken(refusal) => {
                    refused = Some(refusal);
                    continue;
                }
                Got::Unsure(why) | Got::GaveUp(why) => return Look::GaveUp(why),
                Got::Stopped => return Look::Stopped,
            };
            answered = true;
            for user in found {
                if same_login(user.profile.login(), login) {
                    return Look::Found(Box::new(user));
                }
                if fold_login(user.profile.login()) == fold_login(login) {
                    twin = Some(Box::new(user));
                }
            }
        }
        match (twin, refused) {
            (Some(twin), _) => Look::Twin(twin),
            (None, Some(refusal)) if !answered => Look::Refused(refusal),
            (None, _) => Look::Nobody,
        }
    }

    /// Whoever has this e-mail address: the person of this login if they are among them, else one of the others. `None`: nobody, or
    /// it could not be found out.
    pub(in crate::migration) async fn look_for_email(&self, email: &str, login: &str) -> Option<User> {
        for question in [Request::filter_email(email), Request::search_email(email)] {
            let Got::Done(found) = self.call_as(&question, &mut Tries::default(), users).await else {
                continue;
            };
            let email = fold_login(email);
            let mut theirs: Vec<User> =
                found.into_iter().filter(|user| fold_login(user.profile.email()) == email).collect();
            let own = theirs.iter().position(|user| same_login(user.profile.login(), login));
            if !theirs.is_empty() {
                return Some(theirs.swap_remove(own.unwrap_or(0)));
            }
        }
        None
    }
}
