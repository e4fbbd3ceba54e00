// Called by electron-builder when everything is made. It has the app notarized by itself; an installer package it has
// not, and macOS opens none that was fetched from the web and is not. Without Apple's key nothing is notarized.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export default async function notarizePackages({ artifactPaths }) {
  await notarize(artifactPaths, process.env, promisify(execFile));
  // Nothing was made that is not known already.
  return [];
}

/** Has every installer package among `files` notarized, and puts the ticket into it. Throws where Apple refuses. */
export async function notarize(files, environment, run) {
  const { APPLE_API_KEY: key, APPLE_API_KEY_ID: id, APPLE_API_ISSUER: issuer } = environment;
  if (!key || !id || !issuer) return;
  for (const file of files.filter((each) => each.endsWith('.pkg'))) {
    const account = ['--key', key, '--key-id', id, '--issuer', issuer];
    await run('xcrun', ['notarytool', 'submit', file, ...account, '--wait']);
    // Fails where the verdict was no: there is no ticket then.
    await run('xcrun', ['stapler', 'staple', file]);
  }
}
