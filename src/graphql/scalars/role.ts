import { builder } from '../builder.ts'

/** What the node is to a community. */
export const Role = builder.enumType('Role', {
  description: 'What this node is to a community.',
  values: {
    CONTROL_NODE: { description: 'It owns the history, creates archives and dispatches magnet links.' },
    MEMBER: { description: 'It fetches archives and seeds them again.' },
  } as const,
})
