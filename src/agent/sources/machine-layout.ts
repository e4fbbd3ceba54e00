import { z } from 'zod';
import type { Layout } from '../paths.ts';
import { readMachineFile } from './machine-file.ts';
import type { FileTrust } from './machine-file-trust.ts';

/** What `mooring install` writes about a machine. Unknown members are left for newer versions. */
export const machineFileSchema = z.object({ layout: z.enum(['mooring', 'docker']).optional() });

/** What decided the layout. */
export interface MachineLayout {
  readonly layout: Layout;
  readonly decidedBy: 'configuration-profile' | 'install' | 'default';
}

/**
 * The layout is a machine value: the profile's key `layout`, else what `mooring install` wrote, else `mooring`
 * (docs/policy.md section 5). A machine file that cannot be read or trusted decides nothing.
 */
export async function readMachineLayout(
  profileLayout: Layout | null,
  machineFile: string,
  trust: FileTrust,
): Promise<MachineLayout> {
  if (profileLayout !== null) return { layout: profileLayout, decidedBy: 'configuration-profile' };
  const file = await readMachineFile(machineFile, trust);
  if (file.kind === 'read') {
    try {
      const parsed = machineFileSchema.safeParse(JSON.parse(Buffer.from(file.bytes).toString('utf8')));
      if (parsed.success && parsed.data.layout !== undefined) {
        return { layout: parsed.data.layout, decidedBy: 'install' };
      }
    } catch {
      // Not JSON: decides nothing.
    }
  }
  return { layout: 'mooring', decidedBy: 'default' };
}
