import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** An expression, and where it is written. */
export interface Expression {
  readonly where: string;
  readonly text: string;
}

/** A rule that makes a series of its own. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** A rule that calls somebody. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleFile<Rule> {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

interface Dashboard {
  readonly title: string;
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly query: { readonly query: string } }[] };
}

/** Where all that is read here lies. */
export const FOLDER = import.meta.dir;

/** The rules that make series. */
export function readRecordings(): Recording[] {
  return readRules<Recording>("prometheus/recording.yml");
}

/** The rules that call somebody. */
export function readAlerts(): Alert[] {
  return readRules<Alert>("prometheus/alerts.yml");
}

/** The jobs of the scraper. */
export function readJobs(): string[] {
  // promtool checks the shape of these files.
  const config = readYaml("prometheus/prometheus.yml") as { scrape_configs: { job_name: string }[] };
  return config.scrape_configs.map(({ job_name }) => job_name);
}

/** Every expression of the dashboards; a variable stands for any value. */
export function readDashboards(): Expression[] {
  const folder = join(FOLDER, "grafana/dashboards");
  return readdirSync(folder).flatMap((file) => {
    // Of the shape that Grafana saves; a member that were missing would throw here.
    const dashboard = JSON.parse(readFileSync(join(folder, file), "utf8")) as Dashboard;
    const targets = dashboard.panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ where: `${file}, "${title}"`, text: expr })),
    );
    const variables = dashboard.templating.list.map(({ query }) => {
      const [, metric = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(query.query) ?? [];
      return { where: `${file}, a variable`, text: `sum by (${label}) (${metric})` };
    });
    return [...targets, ...variables];
  });
}

function readRules<Rule>(file: string): Rule[] {
  // promtool checks the shape of these files.
  return (readYaml(file) as RuleFile<Rule>).groups.flatMap(({ rules }) => rules);
}

function readYaml(file: string): unknown {
  return Bun.YAML.parse(readFileSync(join(FOLDER, file), "utf8"));
}
