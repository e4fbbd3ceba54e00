// Called by electron-builder with the WiX project of the MSI before it is compiled: adds the properties that device
// managers set, the command that makes machine files of them, the PATH, and who brings updates.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import { INSTALLER_KEY, INSTALLER_OPTIONS } from '../../src/cli/install/installer-options.ts';

const WIX = 'http://wixtoolset.org/schemas/v4/wxs';
const MARK = join(import.meta.dirname, '..', 'updated-by-fleet');
const COMMAND = '"[APPLICATIONFOLDER]resources\\cli\\mooring.exe"';

export default async function addToProject(file) {
  await writeFile(file, extendProject(await readFile(file, 'utf8')));
}

/** The project with what Mooring adds; throws where the template is not the one this was written for. */
export function extendProject(text) {
  const project = new DOMParser().parseFromString(text, 'text/xml');
  const one = (name, matches = () => true) => {
    const found = [...project.getElementsByTagNameNS(WIX, name)].filter(matches);
    if (found.length !== 1)
      throw new Error(`The WiX project has ${found.length} fitting <${name}>, not one.`);
    return found[0];
  };
  const add = (parent, name, attributes, ...children) => {
    const element = project.createElementNS(WIX, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    for (const [child, childAttributes] of children) add(element, child, childAttributes);
    parent.appendChild(element);
    return element;
  };
  const product = one('Product');
  const components = one('ComponentGroup', (group) => group.getAttribute('Id') === 'ProductComponents');
  const resources = one(
    'Directory',
    (each) => each.getAttribute('Name') === 'APPLICATIONFOLDER:\\resources\\',
  );

  // Secure: they reach the part of the installation that runs with rights. Never in a log: a proxy may hold a password.
  for (const { property } of INSTALLER_OPTIONS)
    add(product, 'Property', { Id: property, Secure: 'yes', Hidden: 'yes' });

  const [hive, ...key] = INSTALLER_KEY.split('\\');
  const component = add(components, 'Component', { Id: 'InstallerProperties' });
  const values = add(component, 'RegistryKey', {
    Root: hive,
    Key: key.join('\\'),
    ForceDeleteOnUninstall: 'yes',
  });
  for (const [at, { property }] of INSTALLER_OPTIONS.entries())
    add(values, 'RegistryValue', {
      Name: property,
      Type: 'string',
      Value: `[${property}]`,
      ...(at === 0 ? { KeyPath: 'yes' } : {}),
    });

  // Its folder is what Windows knows it by, and for such a component WiX makes up no identifier. It never changes.
  const path = add(components, 'Component', {
    ...{ Id: 'CommandOnPath', Guid: '0F3C6A52-7E55-4C0C-9D5B-2F4B6E0A91C7', KeyPath: 'yes' },
  });
  add(path, 'Environment', {
    ...{ Id: 'CommandOnPath', Name: 'PATH', Value: '[APPLICATIONFOLDER]resources\\cli', Part: 'last' },
    ...{ Action: 'set', System: 'yes', Permanent: 'no' },
  });

  const mark = add(components, 'Component', {
    Id: 'UpdatedByFleet',
    Directory: resources.getAttribute('Id'),
  });
  add(mark, 'File', { Id: 'UpdatedByFleet', Name: 'updated-by-fleet', Source: MARK, KeyPath: 'yes' });

  const action = (id, words, ends) =>
    add(product, 'CustomAction', {
      ...{ Id: id, Directory: 'APPLICATIONFOLDER', ExeCommand: `${COMMAND} ${words}` },
      // As the system, after the files are there; nothing of the person who started it counts.
      ...{ Execute: 'deferred', Impersonate: 'no', Return: ends },
    });
  action('DecideForThisComputer', 'install --from-installer msi', 'check');
  action('ForgetDecisions', 'uninstall', 'ignore');
  const sequence = add(product, 'InstallExecuteSequence', {});
  const when = (name, order, condition) => {
    add(sequence, 'Custom', { Action: name, ...order }).appendChild(project.createTextNode(condition));
  };
  when('DecideForThisComputer', { Before: 'InstallFinalize' }, 'NOT REMOVE~="ALL"');
  when('ForgetDecisions', { Before: 'RemoveFiles' }, 'REMOVE~="ALL" AND NOT UPGRADINGPRODUCTCODE');
  return new XMLSerializer().serializeToString(project);
}
