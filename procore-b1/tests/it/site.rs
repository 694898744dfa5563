//! A contractor with both simulated systems served, a folder with the configuration, and the real
//! binary.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Output};

use serde_json::Value;
use sync_sandbox::{
    Sandbox, SandboxClock, SandboxOptions, ServeOptions, Served,
    contractor::{ConfigUrls, Contractor},
};

/// A contractor with both systems served, and a folder with the configuration.
pub(crate) struct Site {
    folder: tempfile::TempDir,
    pub(crate) sandbox: Sandbox,
    variables: BTreeMap<String, String>,
    /// Texts that nothing may print.
    secrets: Vec<String>,
    _served: Served,
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::of(Contractor::one_project(3, chrono::Utc::now().date_naive())).await
    }

    pub(crate) async fn of(contractor: Contractor) -> Self {
        Self::slow(contractor, 0).await
    }

    /// A site on which every answer takes this long.
    pub(crate) async fn slow(contractor: Contractor, latency_ms: u64) -> Self {
        let sandbox = Sandbox::new(contractor, SandboxOptions::default(), SandboxClock::wall());
        let latency =
            ServeOptions { procore_latency_ms: latency_ms, service_layer_latency_ms: latency_ms };
        let served = Served::start(&sandbox, latency).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let contractor = &sandbox.contractor;
        let config = contractor.config_toml(&ConfigUrls {
            procore: served.procore_url.clone(),
            login: served.login_url.clone(),
            service_layer: served.service_layer_url.clone(),
            state: "sqlite:state.db".into(),
        });
        for (name, text) in [
            ("procore-b1.toml", config),
            ("accounts.csv", contractor.accounts_csv()),
            ("projects.csv", contractor.projects_csv()),
            ("vendors.csv", contractor.vendors_csv()),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let variables: BTreeMap<String, String> = sandbox
            .environment()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let is_secret = |name: &str| name.ends_with("SECRET") || name.ends_with("PASSWORD");
        let secret = |(name, _): &(&String, &String)| is_secret(name);
        let secrets = variables.iter().filter(secret).map(|(_, value)| value.clone()).collect();
        Self { folder, sandbox, variables, secrets, _served: served }
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().await.unwrap()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> tokio::process::Command {
        self.program(env!("CARGO_BIN_EXE_procore-b1"), arguments)
    }

    /// A shell that does something to itself and then becomes the binary, which is `$0`.
    #[cfg(unix)]
    pub(crate) fn shell(&self, script: &str) -> tokio::process::Command {
        self.program("/bin/sh", &["-c", script, env!("CARGO_BIN_EXE_procore-b1")])
    }

    fn program(&self, program: &str, arguments: &[&str]) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(&self.variables)
            .kill_on_drop(true);
        command
    }

    /// Keeps the state at this address, which carries this password.
    #[cfg(feature = "postgres")]
    pub(crate) fn with_state(mut self, url: String, password: &str) -> Self {
        self.edit("url = \"sqlite:state.db\"", "url = { env = \"STATE_URL\" }");
        self.variables.insert("STATE_URL".to_owned(), url);
        self.secrets.push(password.to_owned());
        self
    }

    /// Puts one text of the configuration in place of another, which must be there.
    pub(crate) fn edit(&self, before: &str, after: &str) {
        let file = self.path("procore-b1.toml");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(before), "{text}");
        fs::write(&file, text.replace(before, after)).unwrap();
    }

    /// Gives an unanswered document up after this many seconds, and believes its absence after twice
    /// as long.
    pub(crate) fn with_document_timeout(self, seconds: u32) -> Self {
        let before = "document_timeout = \"180s\"";
        let settle = 2 * seconds;
        let after = format!("document_timeout = \"{seconds}s\"\nunknown_settle = \"{settle}s\"");
        self.edit(before, &after);
        self
    }

    pub(crate) async fn json(&self, arguments: &[&str], code: i32) -> Value {
        self.answered(arguments, code, |command| command).await
    }

    /// As [`Site::json`], with one more variable.
    pub(crate) async fn json_with(
        &self,
        arguments: &[&str],
        code: i32,
        (name, value): (&str, &str),
    ) -> Value {
        self.answered(arguments, code, |command| command.env(name, value)).await
    }

    async fn answered(
        &self,
        arguments: &[&str],
        code: i32,
        edit: impl FnOnce(&mut tokio::process::Command) -> &mut tokio::process::Command,
    ) -> Value {
        let arguments: Vec<&str> = ["--json"].iter().chain(arguments).copied().collect();
        let output = edit(&mut self.command(&arguments)).output().await.unwrap();
        let aside = String::from_utf8_lossy(&output.stderr);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {aside}\n{text}");
        self.assert_no_secret(&aside);
        self.assert_no_secret(&text);
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn assert_no_secret(&self, text: &str) {
        for secret in &self.secrets {
            assert!(!text.contains(secret.as_str()), "a secret in {text}");
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
