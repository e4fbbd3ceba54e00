import { defineSetting } from '../define-setting.ts';

/** Settings of the category “Advanced”. */
export const advanced = [
  defineSetting({
    id: 'cliInstallLocation',
    category: 'Advanced',
    label: 'Where the command line is installed',
    description: "Puts the command-line programs in the system's folder or in the user's own.",
    type: 'enum',
    choices: ['system', 'user'],
    default: 'system',
    platforms: ['mac'],
    pathDocumented: false,
    storeKey: 'DockerBinInstallPath',
    editableIn: ['gui'],
    notes: '`system` is /usr/local/bin, `user` is ~/.docker/bin.',
  }),
  defineSetting({
    id: 'defaultDockerSocket',
    category: 'Advanced',
    label: 'Create the default socket',
    description: 'Creates /var/run/docker.sock for programs that expect it there.',
    type: 'boolean',
    default: true,
    platforms: ['mac'],
    pathDocumented: false,
    storeKey: 'EnableDefaultDockerSocket',
    editableIn: ['gui'],
  }),
  defineSetting({
    id: 'privilegedPortMapping',
    category: 'Advanced',
    label: 'Bind ports below 1024',
    description: 'Runs the helper that lets containers publish ports below 1024.',
    type: 'boolean',
    default: true,
    platforms: ['mac'],
    pathDocumented: false,
    storeKey: 'RequireVmnetd',
    editableIn: ['gui'],
  }),
] as const;
