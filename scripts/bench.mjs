// `npm run bench [name …]`: runs every bench/*.bench.ts, prints one table, and exits 1 when a bound is passed.
// Plain JavaScript for Node 20; the benchmarks themselves run under the pinned Node.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildParts } from './build.mjs';
import { PARTS, root } from './build-inputs.mjs';
import { ensureSetUp, pinnedNode, toolEnvironment } from './setup.mjs';

const COLUMNS = ['what', 'against', 'measured', 'at most', 'verdict', 'medians'];

async function benchmarks(names) {
  const files = readdirSync(join(root, 'bench'))
    .filter((file) => file.endsWith('.bench.ts'))
    .filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
    .sort();
  if (files.length === 0)
    throw new Error(`bench/ holds no benchmark${names.length > 0 ? ` named ${names.join(' or ')}` : ''}`);
  const found = [];
  for (const file of files) {
    const exported = (await import(pathToFileURL(join(root, 'bench', file)).href)).default;
    found.push(...(Array.isArray(exported) ? exported : [exported]));
  }
  return found;
}

function shown(value, unit) {
  if (unit === 'MiB') return `+ ${value.toFixed(1)} MiB`;
  return unit === '×' ? `${value.toFixed(2)} ×` : `${value} ${unit}`;
}

async function row(benchmark) {
  process.stderr.write(`measuring: ${benchmark.what} …\n`);
  const { what, against, atMost, unit } = benchmark;
  const bound = shown(atMost, unit);
  try {
    const { result, ours, theirs } = await benchmark.measure();
    // Not a number is not within a bound either.
    const held = result <= atMost;
    return {
      held,
      cells: [what, against, shown(result, unit), bound, held ? 'ok' : 'OVER', `${ours} / ${theirs}`],
    };
  } catch (error) {
    return {
      held: false,
      cells: [what, against, '-', bound, 'FAILED', String(error?.message ?? error).split('\n')[0]],
    };
  }
}

function table(rows) {
  const lines = [COLUMNS, ...rows.map((one) => one.cells)];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const print = (line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  return [
    print(COLUMNS),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...lines.slice(1).map(print),
  ].join('\n');
}

async function main(names) {
  await buildParts(
    Object.keys(PARTS).filter((part) => PARTS[part].entries.every((entry) => existsSync(join(root, entry)))),
  );
  const rows = [];
  for (const benchmark of await benchmarks(names)) rows.push(await row(benchmark));
  process.stdout.write(`${table(rows)}\n`);
  return rows.every((one) => one.held) ? 0 : 1;
}

if (!existsSync(pinnedNode())) ensureSetUp();
if (Number(process.versions.node.split('.')[0]) < 24) {
  const again = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exitCode = spawnSync(pinnedNode(), again, { stdio: 'inherit', env: toolEnvironment() }).status ?? 1;
} else {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
