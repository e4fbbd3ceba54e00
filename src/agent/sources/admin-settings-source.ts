import { readJson } from '../../shared/policy/json-text.ts';
import type { Problem } from '../../shared/policy/model.ts';
import { brokenLayer, readDocument } from '../../shared/policy/read-document.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import { readMachineFile } from './machine-file.ts';
import type { FileTrust } from './machine-file-trust.ts';
import type { SourceReading } from './source-reading.ts';

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
