import { readChoices } from '../src/shared/policy/read-choices.ts';
import { readDocument } from '../src/shared/policy/read-document.ts';
import { readProfile } from '../src/shared/policy/read-profile.ts';
import { resolve } from '../src/shared/policy/resolve.ts';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';
import { type Benchmark, type Measurement, ratio } from './benchmark.ts';
import { type FullPolicy, fullPolicy } from './full-policy.ts';

/**
 * Many short rounds: one that lasts a few milliseconds is interrupted on a busy machine, and the slower side more often
 * than the other, which would measure the machine's other work.
 */
const REPETITIONS = 2;
const ROUNDS = 1001;

const catalog = desktopCatalog;

/** From the texts to the resolution: reading, checking and resolving are all in it. */
function resolveTexts({ profile, userPolicy, orgPolicy, adminSettings, choices }: FullPolicy) {
  return resolve({
    catalog,
    platform: 'linux',
    layers: [
      readProfile(profile, catalog).layer,
      readDocument(userPolicy, 'user-policy', catalog),
      readDocument(orgPolicy, 'organization-policy', catalog),
      readDocument(adminSettings, 'admin-settings', catalog),
    ],
    choices: readChoices(choices, catalog),
  });
}

/** Before the clock counts, the compiler has had its say: on a busy machine one round is not enough for that. */
const WARM_UP_ROUNDS = 1000;

function measure(ours: () => unknown, theirs: () => unknown): Promise<Measurement> {
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    ours();
    theirs();
  }
  return ratio(ours, theirs, ROUNDS);
}

function repeat(work: () => unknown): () => void {
  return () => {
    for (let i = 0; i < REPETITIONS; i += 1) work();
  };
}

function resolving(indent: 0 | 2, form: string): Benchmark {
  const texts = fullPolicy(indent);
  const all = Object.values(texts);
  const { problems, settings } = resolveTexts(texts);
  if (problems.length > 0 || settings.size === 0)
    throw new Error('the documents of the benchmark have problems');
  return {
    what: `read and resolve 4 full documents and 40 choices, ${form} (× ${REPETITIONS})`,
    against: 'JSON.parse of the same texts',
    atMost: 3,
    unit: '×',
    measure: () =>
      measure(
        repeat(() => resolveTexts(texts)),
        repeat(() => {
          for (const text of all) JSON.parse(text);
        }),
      ),
  };
}

function readingOne(): Benchmark {
  const resolution = resolveTexts(fullPolicy(2));
  const ids = catalog.onPlatform.linux.map(({ id }) => id);
  const map = new Map(ids.map((id) => [id, resolution.value(id)]));
  // Used afterwards, so that no compiler may leave the reading out.
  let seen = 0;
  const read = (get: (id: (typeof ids)[number]) => unknown) => () => {
    for (let i = 0; i < 100; i += 1) for (const id of ids) if (get(id) === true) seen += 1;
  };
  return {
    what: 'read one setting from a resolution (× 100, each setting)',
    against: 'reading a Map',
    atMost: 2,
    unit: '×',
    measure: async () => {
      const measurement = await measure(
        read((id) => resolution.value(id)),
        read((id) => map.get(id)),
      );
      if (seen === 0) throw new Error('nothing was read');
      return measurement;
    },
  };
}

export default [resolving(2, 'indented'), resolving(0, 'compact'), readingOne()];
