import { defineSetting } from '../define-setting.ts';

/** Settings of the category “Builders”. */
export const builders = [
  defineSetting({
    id: 'builders',
    category: 'Builders',
    label: 'Build instances',
    description: 'The build instances that are set up: name, driver and platforms.',
    type: 'objectList',
    items: [
      { name: 'name', type: 'string', required: true, description: 'Name of the builder.' },
      {
        name: 'driver',
        type: 'enum',
        required: false,
        choices: ['docker', 'docker-container', 'remote', 'kubernetes'],
        description: 'What runs the builds; `docker` when left out.',
      },
      {
        name: 'platforms',
        type: 'stringList',
        required: false,
        description: "Platforms it builds for; the host's own when left out.",
      },
    ],
    default: [],
    pathDocumented: false,
    editableIn: ['gui'],
  }),
] as const;
