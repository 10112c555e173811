/** What ends the name of a file that is not whole yet. What bears it is swept when a node starts. */
export const PARTIAL = '.partial'
