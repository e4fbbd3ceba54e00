/**
 * The policy engine for programs that embed it: `import { … } from 'mooring/engine'` (docs/embedding.md). Everything
 * takes the catalog as a parameter, so another one than ours can be loaded. Pure, no Node, nothing throws but
 * `defineCatalog`.
 */

export type { Explanation } from './policy/explain.ts';
export { explain } from './policy/explain.ts';
export { jsonSchema } from './policy/json-schema.ts';
export type {
  Contribution,
  Freeze,
  LastGood,
  Layer,
  LayerSource,
  Mention,
  Problem,
  ProblemCode,
  Resolution,
  ResolvedSetting,
  ValueSource,
} from './policy/model.ts';
export { PRECEDENCE } from './policy/precedence.ts';
export type { Choices } from './policy/read-choices.ts';
export { readChoices } from './policy/read-choices.ts';
export { readDocument } from './policy/read-document.ts';
export type { Profile } from './policy/read-profile.ts';
export { readProfile } from './policy/read-profile.ts';
export type { ResolveInput } from './policy/resolve.ts';
export { resolve } from './policy/resolve.ts';
export type { Catalog, SettingId, ValueOf } from './settings/define-catalog.ts';
export { CatalogError, defineCatalog } from './settings/define-catalog.ts';
export type { SettingDefinition } from './settings/define-setting.ts';
export { defineSetting } from './settings/define-setting.ts';
export type { DesktopCatalog } from './settings/desktop-catalog.ts';
export { desktopCatalog } from './settings/desktop-catalog.ts';
export type { Platform, Setting, SettingValue } from './settings/setting.ts';
export type { StoreContent } from './store/parse-store.ts';
export { parseStore } from './store/parse-store.ts';
export { renderStore } from './store/render-store.ts';
