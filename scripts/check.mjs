// `npm run check`: everything that reads the code instead of running it. Prints one line a check, the output of
// those that failed, and a count.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureSetUp, pinnedNode, root, toolEnvironment } from './setup.mjs';

const tool = (name, ...args) => ({ command: join(root, 'node_modules', '.bin', name), args });
const script = (file, ...args) => ({ command: pinnedNode(), args: [join(root, 'scripts', file), ...args] });

const commands = [
  ['types: shared', tool('tsc', '-p', 'tsconfig.shared.json')],
  ['types: node', tool('tsc', '-p', 'tsconfig.node.json')],
  ['types: web', tool('tsc', '-p', 'tsconfig.web.json')],
  ['lint and format', tool('biome', 'ci', '--error-on-warnings', '.')],
  ['import boundaries', tool('depcruise', 'src', '--config', '.dependency-cruiser.cjs')],
  ['dead code', tool('knip')],
  ['package-lock.json names every platform', script('complete-lockfile.mjs', '--check')],
  ['generated docs are current', script('generate-docs.ts', '--check')],
  ['icons are drawn from the mark', script('make-icons.ts', '--check')],
];

// A command that the README tells people to type must exist: as a script, or as a command of ours.
function readmeCommands() {
  const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```(?:sh|bash|console)\n([\s\S]*?)```/g)].map((match) => match[1]);
  const lines = blocks.flatMap((block) => block.split('\n')).map((line) => line.replace(/^\$ /, '').trim());
  const typed = [
    ...lines,
    ...[...readme.matchAll(/`((?:npm|mooring|mooring-hub) [^`]+)`/g)].map((match) => match[1]),
  ];
  const wrong = [];
  let seen = 0;
  for (const line of typed) {
    const run = /^npm (?:run (?:--silent )?)?([\w:-]+)/.exec(line);
    if (run && !['ci', 'install', 'pack', 'i'].includes(run[1])) {
      seen += 1;
      if (scripts[run[1]] === undefined) wrong.push(`${line}: there is no script "${run[1]}"`);
    }
    const ours =
      /(?:^|-- )(mooring(?:-hub)?) ([a-z][\w-]*(?: [a-z][\w-]*)?)|^npm run (?:--silent )?(mooring(?:-hub)?) -- ([a-z][\w-]*(?: [a-z][\w-]*)?)/.exec(
        line,
      );
    if (!ours) continue;
    seen += 1;
    const program = ours[1] ?? ours[3];
    const words = (ours[2] ?? ours[4]).split(' ');
    if (!answersHelp(program, words))
      wrong.push(`${line}: "${program} ${words.join(' ')}" does not answer --help`);
  }
  if (seen === 0) wrong.push('README.md names no command at all, which cannot be right');
  return wrong;
}

// Why a package is here is written down, or it is not here.
function unexplainedPackages() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const page = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  return names
    .filter((name) => !page.includes(`\`${name}\``))
    .map((name) => `docs/dependencies.md does not say what ${name} is for`);
}

function answersHelp(program, words) {
  const bundle = program === 'mooring' ? ['out', 'cli', 'mooring.js'] : ['out', 'hub', 'mooring-hub.js'];
  const help = (args) =>
    spawnSync(pinnedNode(), [join(root, ...bundle), ...args, '--help'], {
      cwd: root,
      env: toolEnvironment(),
      encoding: 'utf8',
    });
  const whole = help(words);
  if (whole.status === 0) return true;
  // The second word may be an argument rather than a sub-command.
  return words.length > 1 && help(words.slice(0, 1)).status === 0;
}

function main() {
  ensureSetUp();
  let passed = 0;
  let failed = 0;
  const report = (name, problem) => {
    if (problem) failed += 1;
    else passed += 1;
    process.stdout.write(`${problem ? 'FAILED' : 'ok    '}  ${name}\n${problem ? `${problem}\n` : ''}`);
  };
  for (const [name, { command, args }] of commands) {
    const result = spawnSync(command, args, { cwd: root, env: toolEnvironment(), encoding: 'utf8' });
    const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? result.error.message : ''}`;
    report(name, result.status === 0 ? '' : output || `ended with ${result.status ?? result.signal}`);
  }
  report('every package is explained', unexplainedPackages().join('\n'));
  report("the README's commands exist", readmeCommands().join('\n'));
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = main();
