import { z } from 'zod';
import type { Layout } from '../paths.ts';
import { readMachineFile } from './machine-file.ts';
import type { FileTrust } from './machine-file-trust.ts';

/** What `mooring install` writes about a machine. Unknown members are left for newer versions. */
const machineFileSchema = z.object({
  layout: z.enum(['mooring', 'docker']).optional(),
  /** Where people sign in who name no hub; binds nobody to it, unlike the profile's. */
  hubUrl: z.string().optional(),
});

/** What decided the layout. */
export interface MachineLayout {
  readonly layout: Layout;
  readonly decidedBy: 'configuration-profile' | 'install' | 'default';
  /** The hub that `mooring install` named; `null` where it named none. */
  readonly hubUrl: string | null;
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
  const installed = await readInstalled(machineFile, trust);
  const hubUrl = installed.hubUrl ?? null;
  if (profileLayout !== null) return { layout: profileLayout, decidedBy: 'configuration-profile', hubUrl };
  if (installed.layout !== undefined) return { layout: installed.layout, decidedBy: 'install', hubUrl };
  return { layout: 'mooring', decidedBy: 'default', hubUrl };
}

async function readInstalled(path: string, trust: FileTrust): Promise<z.infer<typeof machineFileSchema>> {
  const file = await readMachineFile(path, trust);
  if (file.kind !== 'read') return {};
  try {
    const parsed = machineFileSchema.safeParse(JSON.parse(Buffer.from(file.bytes).toString('utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    // Not JSON: decides nothing.
    return {};
  }
}
