// Grafana's types as JSON has them: an enum by its values, an array that nobody writes to.
import type { Dashboard, FieldConfigSource, GraphFieldConfig, Panel, RowPanel } from '@grafana/schema';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { Options as LineOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

export type Plain<T> = unknown extends T
  ? T
  : T extends string
    ? `${T}`
    : T extends ReadonlyArray<infer Item>
      ? ReadonlyArray<Plain<Item>>
      : T extends object
        ? { readonly [Key in keyof T]: Plain<T[Key]> }
        : T;

// The schema says nothing of what a query holds; these are the fields of Grafana's Prometheus data source.
type Target = { refId: string; datasource: { type: 'prometheus'; uid: string }; expr: string; legendFormat: string };
type Shown = { id: number; title: string; description: string; targets: Target[]; gridPos: { h: number; w: number; x: number; y: number } };

export type Frame = Plain<Omit<Dashboard, 'panels'> & Required<Pick<Dashboard, 'uid' | 'title' | 'templating'>>>;
export type Row = Plain<RowPanel>;
export type Bare = Plain<Omit<Panel, 'fieldConfig' | 'options' | 'targets'> & Omit<Shown, 'targets'>>;
export type Targets = Plain<Target[]>;
export type Fields = Plain<FieldConfigSource<never>>;
export type Drawn = Plain<GraphFieldConfig>;
export type OptionsOf = { timeseries: Plain<LineOptions>; stat: Plain<StatOptions> };
