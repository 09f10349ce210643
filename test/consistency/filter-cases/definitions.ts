import { type Call, DAEMON_CONTAINERS } from '../write-cases.ts';
import type { FilterCase } from './filter-case.ts';

const revisionOf = async (call: Call, family: string) => {
  await call('RegisterTaskDefinition', { family, containerDefinitions: [{ name: 'a', image: 'b', memory: 64 }] });
  return { name: family };
};
const FAMILIES = 'taskDefinitionFamilies(first: 1000';

export const DEFINITION_FILTERS: readonly FilterCase[] = [
  {
    list: 'ListTaskDefinitions',
    filters: ['familyPrefix', 'status', 'sort'],
    what: 'a revision is deregistered, and another registered',
    prepare: revisionOf,
    write: async (through, { name = '' }) => {
      await through()('DeregisterTaskDefinition', { taskDefinition: `${name}:1` });
      return revisionOf(through(), name);
    },
    shows: ({ name }) => {
      const revisions = (filter: string) => `taskDefinitions(family: "${name}"${filter})`;
      return [
        [revisions(''), { revision: 2 }, true],
        [revisions(', sort: DESC'), { revision: 2 }, true],
        [revisions(', status: ACTIVE'), { revision: 1 }, false],
        [revisions(', status: INACTIVE'), { revision: 1 }, true],
        [revisions(', status: INACTIVE'), { revision: 2 }, false],
      ];
    },
  },
  {
    list: 'ListTaskDefinitionFamilies',
    filters: ['familyPrefix', 'status'],
    what: 'the only revision is deregistered',
    prepare: revisionOf,
    write: (through, { name }) => through()('DeregisterTaskDefinition', { taskDefinition: `${name}:1` }),
    shows: ({ name }) => [
      [`${FAMILIES}, status: ACTIVE)`, { family: name }, false],
      [`${FAMILIES}, status: INACTIVE)`, { family: name }, true],
      [`${FAMILIES}, status: INACTIVE, familyPrefix: "${name?.slice(0, 8)}")`, { family: name }, true],
      [`${FAMILIES}, status: INACTIVE, familyPrefix: "other")`, { family: name }, false],
    ],
  },
  {
    list: 'ListTaskDefinitionFamilies',
    filters: ['status'],
    what: 'one of two revisions is deregistered',
    prepare: async (call, name) => {
      await revisionOf(call, name);
      return revisionOf(call, name);
    },
    write: (through, { name }) => through()('DeregisterTaskDefinition', { taskDefinition: `${name}:2` }),
    shows: ({ name }) => [
      [`${FAMILIES}, status: ACTIVE)`, { family: name }, true],
      [`${FAMILIES}, status: INACTIVE)`, { family: name }, false],
    ],
  },
  {
    list: 'ListTaskDefinitionFamilies',
    filters: ['status', 'familyPrefix'],
    what: 'an INACTIVE family gets a revision',
    prepare: async (call, name) => {
      await revisionOf(call, name);
      await call('DeregisterTaskDefinition', { taskDefinition: `${name}:1` });
      return { name };
    },
    write: (through, { name = '' }) => revisionOf(through(), name),
    shows: ({ name }) => [
      [`${FAMILIES}, status: ACTIVE)`, { family: name }, true],
      [`${FAMILIES}, status: INACTIVE)`, { family: name }, false],
      [`${FAMILIES}, familyPrefix: "${name}")`, { family: name }, true],
    ],
  },
  {
    list: 'ListDaemonTaskDefinitions',
    filters: ['family', 'familyPrefix', 'revision', 'status'],
    what: 'a revision is registered',
    prepare: async (call, name) => {
      await call('RegisterDaemonTaskDefinition', { family: name, containerDefinitions: DAEMON_CONTAINERS });
      return { name };
    },
    write: (through, { name }) =>
      through()('RegisterDaemonTaskDefinition', { family: name, containerDefinitions: DAEMON_CONTAINERS }),
    shows: ({ name }) => {
      const of = (filter: string) => `daemonTaskDefinitions(${filter})`;
      return [
        [of(`family: "${name}"`), { revision: 2 }, true],
        [of(`familyPrefix: "${name}", status: ACTIVE`), { revision: 2 }, true],
        [of(`family: "${name}", revision: LAST_REGISTERED`), { revision: 2 }, true],
        [of(`family: "${name}", revision: LAST_REGISTERED`), { revision: 1 }, false],
        [of('family: "agent"'), { family: name }, false],
      ];
    },
  },
  {
    list: 'ListDaemonTaskDefinitions',
    filters: ['status'],
    what: 'a revision is deleted',
    prepare: async (call, name) => {
      await call('RegisterDaemonTaskDefinition', { family: name, containerDefinitions: DAEMON_CONTAINERS });
      return { name };
    },
    write: (through, { name }) => through()('DeleteDaemonTaskDefinition', { daemonTaskDefinition: `${name}:1` }),
    shows: ({ name }) => [
      [`daemonTaskDefinitions(family: "${name}")`, { revision: 1 }, false],
      [`daemonTaskDefinitions(family: "${name}", status: DELETE_IN_PROGRESS)`, { revision: 1 }, true],
      [`daemonTaskDefinitions(family: "${name}", status: ALL)`, { revision: 1 }, true],
    ],
  },
];
