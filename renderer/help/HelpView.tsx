import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { helpAddress } from '../lib/help.ts'
import { t } from '../strings/t.ts'
import { moveFocusByArrow } from '../ui/arrowKeys.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { SearchField } from '../ui/SearchField.tsx'
import { Blocks } from './Blocks.tsx'
import classes from './Help.module.css'
import { helpPages } from './pages.ts'
import { excerpt, type HelpSection, searchHelp } from './search.ts'
import { helpSections } from './sections.ts'
import { startPage } from './titles.ts'

export interface HelpViewProps {
  /** A page of the guide; without it, the first one. */
  readonly page: string | undefined
  /** The anchor of a heading. It scrolls into view and gets the focus. */
  readonly section: string | undefined
}

/** The guide, inside the window: nothing of it is loaded from elsewhere. */
export function HelpView({ page = startPage, section }: HelpViewProps) {
  const [query, setQuery] = useState('')
  const searched = useDeferredValue(query)
  const found = useMemo(() => (searched.trim() === '' ? undefined : searchHelp(helpSections, searched)), [searched])
  return (
    <div className={classes.help}>
      <div className={classes.side}>
        <h1 className={classes.heading}>{t('help.title')}</h1>
        <SearchField label={t('help.search')} placeholder={t('help.search')} value={query} onChange={setQuery} />
        <p className="hidden" role="status">
          {found === undefined ? '' : t('help.found', { count: found.length })}
        </p>
        {found === undefined ? <PageLinks current={page} /> : <Results found={found} query={searched} />}
      </div>
      <Page key={page} name={page} section={section} />
    </div>
  )
}

function PageLinks({ current }: { readonly current: string }) {
  return (
    <ul className={classes.entries} aria-label={t('help.pages')} onKeyDown={moveFocusByArrow}>
      {[...helpPages].map(([name, { title }]) => (
        <li key={name}>
          <a
            className={classes.entry}
            href={helpAddress(name)}
            aria-current={name === current ? 'page' : undefined}
            data-row
          >
            {title}
          </a>
        </li>
      ))}
    </ul>
  )
}

function Results({ found, query }: { readonly found: readonly HelpSection[]; readonly query: string }) {
  if (found.length === 0) return <p className={classes.quiet}>{t('help.none')}</p>
  return (
    <ul className={classes.entries} aria-label={t('help.results')} onKeyDown={moveFocusByArrow}>
      {found.map(({ page, pageTitle, anchor, title, text }) => (
        <li key={`${page}/${anchor ?? ''}`}>
          <a className={classes.entry} href={helpAddress(page, anchor)} data-row>
            <span className={classes.found}>{title}</span>
            {anchor !== undefined && <span className={classes.quiet}>{pageTitle}</span>}
            <span className={classes.excerpt}>{excerpt(text, query)}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}

function Page({ name, section }: { readonly name: string; readonly section: string | undefined }) {
  const page = helpPages.get(name)
  const article = useRef<HTMLElement>(null)
  useEffect(() => {
    if (section === undefined) return
    const heading = article.current?.querySelector<HTMLElement>(`#${CSS.escape(`help-${section}`)}`)
    heading?.scrollIntoView({ block: 'start' })
    heading?.focus({ preventScroll: true })
  }, [section])
  if (page === undefined)
    return (
      <EmptyState drawing="page" title={t('help.noPage')}>
        {t('help.noPageAbout', { page: name })}
      </EmptyState>
    )
  return (
    <article ref={article} className={classes.page} aria-label={page.title}>
      <h2 className={classes.title}>{page.title}</h2>
      <Blocks blocks={page.blocks} />
    </article>
  )
}
