const files = import.meta.glob<string>('../../docs/guide/*.md', { query: '?title', import: 'default', eager: true })

/** `path`: of a file of the guide. README is its first page. */
export const nameOfPage = (path: string): string => path.slice(path.lastIndexOf('/') + 1, -'.md'.length)

export const startPage = 'README'

const tasksFirst = ['README', 'install', 'planes', 'connectivity', 'watch', 'workloads', 'logs']
const place = (name: string) => (tasksFirst.includes(name) ? tasksFirst.indexOf(name) : tasksFirst.length)

/** The title of each page by its name: tasks first, the rest by title. */
export const helpTitles: ReadonlyMap<string, string> = new Map(
  Object.entries(files)
    .map(([path, title]) => [nameOfPage(path), title] as const)
    .toSorted(([one, title], [other, next]) => place(one) - place(other) || title.localeCompare(next)),
)
