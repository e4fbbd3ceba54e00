import { jsonSchema } from '../../shared/policy/json-schema.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { DONE, type PolicyIo, refuse } from './policy-io.ts';

/** `mooring policy schema`: the JSON Schema of policy documents, for editors. */
export function runSchema(args: readonly string[], io: PolicyIo): number {
  const unknown = args.find((arg) => arg !== '--json');
  if (unknown !== undefined) {
    return refuse(
      io,
      args.includes('--json'),
      `${unknown} means nothing here.`,
      'The command takes no arguments.',
    );
  }
  io.terminal.out(`${JSON.stringify(jsonSchema(desktopCatalog), null, 2)}\n`);
  return DONE;
}
