import { readJson } from '../../shared/policy/json-text.ts';
import type { Layer, Problem } from '../../shared/policy/model.ts';
import { brokenLayer, readDocument } from '../../shared/policy/read-document.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import { readMachineFile } from './machine-file.ts';
import type { FileTrust } from './machine-file-trust.ts';

/** What a source of policy on this machine said when it was last read. */
export interface SourceReading {
  /**
   * `untrusted`: there, but others than administrators could have written it, so it is ignored. `broken` is never
   * "no policy": `layer` is then a broken one.
   */
  readonly state: 'absent' | 'ok' | 'broken' | 'untrusted';
  /** Path or registry key. */
  readonly location: string;
  /** `null` while the source says nothing. */
  readonly layer: Layer | null;
  /** The document as it stands there; `undefined` where none could be read. */
  readonly document: unknown;
  readonly problems: readonly Problem[];
}

/** Reads `admin-settings.json` (docs/policy.md sections 3 and 5). Never throws. */
export async function readAdminSettings(
  path: string,
  trust: FileTrust,
  catalog: Catalog,
): Promise<SourceReading> {
  const source = 'admin-settings';
  const file = await readMachineFile(path, trust);
  const problem = (code: Problem['code'], message: string): Problem => ({
    ...{ severity: 'error', source, path: '', code, message },
  });
  switch (file.kind) {
    case 'absent':
      return { state: 'absent', location: path, layer: null, document: undefined, problems: [] };
    case 'untrusted': {
      const problems = [problem('untrusted_file', file.message)];
      return { state: 'untrusted', location: path, layer: null, document: undefined, problems };
    }
    case 'unreadable': {
      const problems = [problem(file.code, file.message)];
      const layer = brokenLayer(source, problems);
      return { state: 'broken', location: path, layer, document: undefined, problems };
    }
    case 'read': {
      const layer = readDocument(file.bytes, source, catalog);
      const json = readJson(file.bytes);
      return {
        state: layer.state,
        location: path,
        layer,
        document: json.ok ? json.value : undefined,
        problems: layer.problems,
      };
    }
  }
}
