import { type Entry, entries } from './entries.ts'

/** Lists the entries, and shows the one that the address names after its `#`, light and dark. */
const list = document.querySelector('nav')
const frames = document.querySelectorAll('iframe')

const idOf = ({ group, name }: Entry): string => `#${encodeURIComponent(`${group}/${name}`)}`

for (const [group, members = []] of Map.groupBy(entries, (entry) => entry.group)) {
  const title = document.createElement('h2')
  title.textContent = group
  const links = members.map((entry) => {
    const link = document.createElement('a')
    link.textContent = entry.name
    link.href = idOf(entry)
    return link
  })
  list?.append(title, ...links)
}

function show(): void {
  const entry = entries.find((each) => idOf(each) === location.hash) ?? entries[0]
  if (entry === undefined) return
  document.title = `${entry.group}: ${entry.name} – Hangar gallery`
  for (const link of list?.querySelectorAll('a') ?? []) {
    link.toggleAttribute('aria-current', link.getAttribute('href') === idOf(entry))
  }
  for (const frame of frames) frame.src = `${entry.path}&theme=${frame.dataset.theme}`
}

addEventListener('hashchange', show)
show()
