import { DOMParser } from '@xmldom/xmldom';
import { parse } from 'plist';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adml, admx } from '../scripts/fleet/group-policy.ts';
import { profileManifest, sampleProfile } from '../scripts/fleet/mac-profile.ts';
import { readProfile } from '../src/shared/policy/read-profile.ts';
import type { Catalog } from '../src/shared/settings/define-catalog.ts';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';

const wellFormed = (text: string) =>
  new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  }).parseFromString(text, 'text/xml');

const catalog: Catalog = desktopCatalog;
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

describe('the administrative template', () => {
  const template = admx(desktopCatalog);
  const texts = adml(desktopCatalog);

  it('is well-formed, and so are its texts', () => {
    wellFormed(template);
    wellFormed(texts);
  });

  it('names only texts and presentations that are there, and each of them once', () => {
    const strings = matches(texts, /<string id="([^"]+)"/g);
    const presentations = matches(texts, /<presentation id="([^"]+)"/g);
    expect(new Set(strings).size).toBe(strings.length);
    expect(new Set(presentations).size).toBe(presentations.length);
    for (const name of matches(template, /\$\(string\.([^)]+)\)/g)) expect(strings).toContain(name);
    for (const name of matches(template, /\$\(presentation\.([^)]+)\)/g))
      expect(presentations).toContain(name);
  });

  it('has one policy for each setting of Windows, at the key that the agent reads', () => {
    const windows = catalog.settings.filter((setting) => setting.platforms.includes('windows'));
    expect(windows.length).toBeGreaterThan(70);
    for (const { id } of windows) {
      expect(template).toContain(`key="SOFTWARE\\Policies\\Mooring\\Mooring Desktop\\Settings\\${id}"`);
    }
    for (const { id } of catalog.settings.filter((setting) => !setting.platforms.includes('windows'))) {
      expect(template).not.toContain(`\\Settings\\${id}"`);
    }
  });

  it('shows a control for every element of every policy', () => {
    for (const block of template.split('<policy name="').slice(1)) {
      const name = block.slice(0, block.indexOf('"'));
      const presentation =
        new RegExp(`<presentation id="${name}">(.*?)</presentation>`).exec(texts)?.[1] ?? '';
      expect(matches(block, /<(?:boolean|decimal|enum|text|multiText) id="([^"]+)"/g).sort()).toEqual(
        matches(presentation, /refId="([^"]+)"/g).sort(),
      );
    }
  });
});

describe('profiles of macOS', () => {
  it('the manifest has every setting of macOS at its path', () => {
    const keySchema: z.ZodType<Key> = z.lazy(() =>
      z.looseObject({ pfm_name: z.string().optional(), pfm_subkeys: z.array(keySchema).optional() }),
    );
    const manifest = z
      .looseObject({ pfm_subkeys: z.array(keySchema) })
      .parse(parse(profileManifest(desktopCatalog)));
    const paths = new Set(manifest.pfm_subkeys.flatMap((key) => pathsOf(key, '')));
    const mac = catalog.settings.filter((setting) => setting.platforms.includes('mac'));
    expect(mac.length).toBeGreaterThan(90);
    for (const { valuePath, lockPath } of mac) {
      expect(paths).toContain(`settings.${valuePath}`);
      if (lockPath !== null) expect(paths).toContain(`settings.${lockPath}`);
    }
  });

  it('the sample is read by the agent without a problem', () => {
    const sample = z
      .looseObject({ PayloadContent: z.array(z.record(z.string(), z.unknown())) })
      .parse(parse(sampleProfile()));
    const { layer, allowedOrgs } = readProfile(sample.PayloadContent[0] ?? {}, desktopCatalog);
    // Device management adds keys of its own to every payload; they are no settings.
    expect(layer?.problems.filter(({ path }) => !path.startsWith('Payload'))).toEqual([]);
    expect(layer?.state).toBe('ok');
    expect(allowedOrgs).toEqual(['acme']);
  });
});

interface Key {
  pfm_name?: string | undefined;
  pfm_subkeys?: Key[] | undefined;
}

function pathsOf(key: Key, above: string): string[] {
  if (key.pfm_name === undefined) return [];
  const path = above === '' ? key.pfm_name : `${above}.${key.pfm_name}`;
  return [path, ...(key.pfm_subkeys ?? []).flatMap((child) => pathsOf(child, path))];
}
