//! The table of rooms in the crate's documentation holds, and no circle of files comes back.
//!
//! Reads the source itself: every path that begins with `crate`, `super` or `self`, followed to the file that defines what it
//! names. Tests inside the files are left out: they may look anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A module's place: the parts of its path below the crate.
type Module = Vec<String>;

/// Circles of files that are known, each by its files in order. A grammar that recurses may stay; the others are to go.
const CIRCLES: &[&[&str]] = &[
    &[
        "app::command",
        "app::facts",
        "app::jobs",
        "app::jobs::files",
        "app::jobs::picker",
        "app::jobs::typed",
        "app::jobs::workspace",
        "app::place",
        "app::practice",
        "app::practice::conditions",
        "app::rail_narrow",
        "app::shell",
        "app::start",
        "app::start::keyless",
        "app::steps",
    ],
    &[
        "app::steps::import",
        "app::steps::import::chart",
        "app::steps::import::numbers",
        "app::steps::import::table",
        "app::steps::import::token",
    ],
    &["app::steps::live", "app::steps::okta"],
    &["app::steps::map", "app::steps::map::changes", "app::steps::map::former", "app::steps::map::passwords"],
    &["app::steps::source", "app::steps::source::found"],
    &[
        "mapping::activity",
        "mapping::check",
        "mapping::guess",
        "mapping::key",
        "mapping::suggest",
        "mapping::suggest::by_name",
        "mapping::suggest::json",
        "mapping::suggest::rules",
        "mapping::suggest::single",
    ],
];

/// One file: what it uses, and what it passes on by `pub use`.
#[derive(Default)]
struct Uses {
    paths: BTreeSet<Vec<String>>,
    passed_on: BTreeMap<String, Vec<String>>,
}

impl Uses {
    /// The paths of a `use`.
    fn tree(&mut self, tree: &syn::UseTree, before: &[String], passed_on: bool) {
        let mut path = before.to_vec();
        match tree {
            syn::UseTree::Path(step) => {
                path.push(step.ident.to_string());
                self.tree(&step.tree, &path, passed_on);
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, before, passed_on);
                }
            }
            syn::UseTree::Name(name) => {
                path.push(name.ident.to_string());
                self.leaf(path, &name.ident.to_string(), passed_on);
            }
            syn::UseTree::Rename(name) => {
                path.push(name.ident.to_string());
                self.leaf(path, &name.rename.to_string(), passed_on);
            }
            syn::UseTree::Glob(_) => self.leaf(path, "*", passed_on),
        }
    }

    fn leaf(&mut self, path: Vec<String>, name: &str, passed_on: bool) {
        if passed_on {
            self.passed_on.insert(name.to_owned(), path);
        } else {
            self.paths.insert(path);
        }
    }

    /// The paths among the tokens of a macro call, which nobody parses.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    if !path.is_empty() || is_root(&name) {
                        path.push(name);
                    }
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {}
                other => {
                    if path.len() > 1 {
                        self.paths.insert(std::mem::take(&mut path));
                    }
                    path.clear();
                    if let TokenTree::Group(group) = other
                        && group.delimiter() != Delimiter::None
                    {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        if path.len() > 1 {
            self.paths.insert(path);
        }
    }
}

fn is_root(name: &str) -> bool {
    matches!(name, "crate" | "super" | "self")
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_for_tests(&item.attrs) {
            let passed_on = !matches!(item.vis, syn::Visibility::Inherited);
            self.tree(&item.tree, &[], passed_on);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        // One without a root may begin with a child of this file; where it doesn't, it leads nowhere.
        if names.len() > 1 {
            self.paths.insert(names);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.visit_path(&item.path);
        self.tokens(item.tokens.clone());
    }

    // `pub(in crate::migration)` says who may look, and uses nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}
}

/// Every file of the library.
struct House(BTreeMap<Module, Uses>);

impl House {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        walk(&root, &mut files);
        let read = files.into_iter().filter_map(|file| {
            let module = module_of(file.strip_prefix(&root).unwrap())?;
            let parsed = syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap();
            let mut uses = Uses::default();
            uses.visit_file(&parsed);
            Some((module, uses))
        });
        Self(read.collect())
    }

    /// The module of the longest beginning of a path that is one, and what is left of the path.
    fn split<'p>(&self, path: &'p [String]) -> Option<(Module, &'p [String])> {
        (1..=path.len())
            .rev()
            .find(|end| self.0.contains_key(&path[..*end]))
            .map(|end| (path[..end].to_vec(), &path[end..]))
    }

    /// A path as it stands in a file, from the crate's root.
    fn whole(&self, path: &[String], within: &Module) -> Option<Vec<String>> {
        let mut base = match path.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("self" | "super") => within.clone(),
            // `pub use child::Name`.
            Some(child) => {
                let mut below = within.clone();
                below.push(child.to_owned());
                return self.0.contains_key(&below).then(|| [within.as_slice(), path].concat());
            }
            None => return None,
        };
        let mut rest = path;
        while let [first, after @ ..] = rest
            && is_root(first)
        {
            if first == "super" {
                base.pop();
            }
            rest = after;
        }
        Some([base.as_slice(), rest].concat())
    }

    /// The file that defines what a path in `within` names, through what others pass on.
    fn target(&self, path: &[String], within: &Module) -> Option<Module> {
        let mut path = self.whole(path, within)?;
        for _ in 0..8 {
            let (module, rest) = self.split(&path)?;
            let Some(name) = rest.first() else { return Some(module) };
            let Some(further) = self.0[&module].passed_on.get(name) else { return Some(module) };
            path = self.whole(further, &module)?;
        }
        None
    }

    /// Which file uses which, each once.
    fn arrows(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let arrows = self.0.iter().map(|(module, uses)| {
            let targets = uses.paths.iter().filter_map(|path| self.target(path, module));
            (module.clone(), targets.filter(|target| target != module).collect())
        });
        arrows.collect()
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !FOR_TESTS.contains(&name.as_str())
        {
            files.push(path);
        }
    }
}

/// Files that only the library's own tests compile.
const FOR_TESTS: &[&str] = &["tests.rs", "fuzz.rs", "statements.rs", "traps.rs", "vectors.rs"];

/// `app/steps/mod.rs` is `app::steps`; the two roots are no module of anybody.
fn module_of(file: &Path) -> Option<Module> {
    let parts = file.with_extension("");
    let mut parts: Module = parts.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    (parts != ["lib"] && parts != ["main"]).then_some(parts)
}

/// The rooms of the crate's documentation in their order, each with what it may use.
fn table() -> Vec<(String, BTreeSet<String>)> {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let rows = lib.lines().filter_map(|line| line.strip_prefix("//! | [`")?.split_once("`] |"));
    rows.map(|(room, rest)| {
        let may = rest.split('|').nth(1).unwrap();
        (room.to_owned(), may.split('`').skip(1).step_by(2).map(str::to_owned).collect())
    })
    .collect()
}

#[test]
fn rooms_use_what_the_table_says_and_nothing_above_them() {
    let table = table();
    let rooms: Vec<&str> = table.iter().map(|(room, _)| room.as_str()).collect();
    for (at, (room, may)) in table.iter().enumerate() {
        // The window and the command line stand side by side over the practice org; nobody else may use it.
        for used in may {
            assert!(rooms[..at].contains(&used.as_str()), "`{room}` may use `{used}`, which is not below it");
        }
    }
    let house = House::read();
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, targets) in house.arrows() {
        let room = used.entry(module[0].clone()).or_default();
        room.extend(targets.into_iter().map(|target| target[0].clone()).filter(|to| *to != module[0]));
    }
    let documented: BTreeMap<String, BTreeSet<String>> = table.into_iter().collect();
    assert_eq!(documented, used, "left: the table in src/lib.rs; right: what the files use");
}

#[test]
fn the_practice_org_takes_nothing_from_the_client_but_the_worlds_codes() {
    let house = House::read();
    let of_model: BTreeSet<String> = house
        .0
        .iter()
        .filter(|(module, _)| module[0] == "practice")
        .flat_map(|(_, uses)| &uses.paths)
        .filter(|path| path.len() > 2 && path[0] == "crate" && path[1] == "model")
        .map(|path| path[2..].join("::"))
        .collect();
    assert_eq!(of_model.iter().map(String::as_str).collect::<Vec<_>>(), ["is_country_code", "is_time_zone"]);
}

#[test]
fn no_file_depends_on_itself() {
    let arrows = House::read().arrows();
    let circles: BTreeSet<Vec<String>> = circles(&arrows)
        .into_iter()
        .map(|circle| circle.into_iter().map(|module| module.join("::")).collect())
        .collect();
    let known: BTreeSet<Vec<String>> =
        CIRCLES.iter().map(|circle| circle.iter().map(|file| (*file).to_owned()).collect()).collect();
    assert_eq!(known, circles, "left: the known circles; right: those there are");
}

/// Files that reach each other, each circle whole and in order.
fn circles(arrows: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Vec<Module>> {
    let reach: BTreeMap<&Module, BTreeSet<&Module>> =
        arrows.keys().map(|from| (from, reachable(arrows, from))).collect();
    let mut found = BTreeSet::new();
    for (from, reached) in &reach {
        if reached.contains(from) {
            let circle = reached.iter().filter(|other| reach[**other].contains(from));
            found.insert(circle.map(|module| (*module).clone()).collect::<Vec<_>>());
        }
    }
    found.into_iter().collect()
}

/// Every file that can be reached from one by an arrow or more.
fn reachable<'a>(arrows: &'a BTreeMap<Module, BTreeSet<Module>>, from: &Module) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = vec![from];
    while let Some(next) = open.pop() {
        for to in arrows.get(next).into_iter().flatten() {
            if let Some((to, _)) = arrows.get_key_value(to)
                && reached.insert(to)
            {
                open.push(to);
            }
        }
    }
    reached
}
