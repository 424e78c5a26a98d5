import { SegmentedControl } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { ReleaseValue, ReleaseValues, ValueSource } from '../../preload/contract/install.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { valuePathText } from '../../preload/value-path.ts'
import type { Outcome } from '../lib/outcome.ts'
import { t } from '../strings/t.ts'
import { Drawer } from '../ui/Drawer.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import { SearchField } from '../ui/SearchField.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { type Origin, originCounts, origins, type ShownRelease, shownValues } from './shownValues.ts'
import type { InstallStore } from './store.ts'
import classes from './ValuesDrawer.module.css'

export interface ValuesDrawerProps {
  readonly store: InstallStore
  readonly subject: { readonly planeId: string } | { readonly profile: string }
  readonly settings: JsonObject
  readonly onClose: () => void
}

const anyOrigin = 'any'
const originOf = (value: string): Origin | undefined => origins.find((origin) => origin === value)

/** What helm gets for each release with these settings, and where each value comes from. */
export function ValuesDrawer({ store, subject, settings, onClose }: ValuesDrawerProps) {
  // The settings behind the drawer do not change while it is open.
  const [asked] = useState({ subject, settings })
  const [loaded, setLoaded] = useState<Outcome<readonly ReleaseValues[]>>()
  const [words, setWords] = useState('')
  const [origin, setOrigin] = useState<Origin>()
  useEffect(() => {
    const end = new AbortController()
    void store
      .getState()
      .loadValues(asked.subject, asked.settings, end.signal)
      .then((outcome) => {
        if (!end.signal.aborted) setLoaded(outcome)
      })
    return () => end.abort()
  }, [store, asked])
  return (
    <Drawer title={t('install.values.title')} subtitle={t('install.values.about')} onClose={onClose}>
      {loaded === undefined && <Loading what={t('install.values.loading')} />}
      {loaded?.ok === false && <ProblemNotice problem={loaded.problem} />}
      {loaded?.ok === true && (
        <>
          <SearchField
            label={t('install.values.search')}
            placeholder={t('install.values.placeholder')}
            value={words}
            onChange={setWords}
          />
          <Origins counts={originCounts(loaded.value)} origin={origin} onOrigin={setOrigin} />
          <Releases shown={shownValues(loaded.value, { words, origin })} />
        </>
      )}
    </Drawer>
  )
}

interface OriginsProps {
  readonly counts: Readonly<Record<Origin, number>>
  readonly origin: Origin | undefined
  readonly onOrigin: (origin: Origin | undefined) => void
}

function Origins({ counts, origin, onOrigin }: OriginsProps) {
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      aria-label={t('install.values.origins')}
      value={origin ?? anyOrigin}
      onChange={(value) => onOrigin(originOf(value))}
      data={[
        { value: anyOrigin, label: t('install.values.any') },
        ...origins.map((value) => ({
          value,
          label: t('install.values.counted', { origin: t(`install.values.origin.${value}`), count: counts[value] }),
        })),
      ]}
    />
  )
}

/** A chart can have a thousand defaults: the search finds the rest. */
const shownAtMost = 200

function Releases({ shown }: { readonly shown: readonly ShownRelease[] }) {
  if (shown.length === 0) return <p className={classes.quiet}>{t('install.values.none')}</p>
  return shown.map(({ release: { release, namespace, chart, problem }, values }) => (
    <section key={release} aria-label={release} className={classes.release}>
      <h3 className={classes.name}>{release}</h3>
      <p className={classes.quiet}>{t('install.values.of', { namespace, chart: chart === '' ? 'none' : chart })}</p>
      {problem !== undefined && <ProblemNotice problem={problem} tone="warn" />}
      <ul className={classes.values}>
        {values.slice(0, shownAtMost).map((value) => (
          <Value key={valuePathText(value.path)} value={value} />
        ))}
      </ul>
      {values.length > shownAtMost && (
        <p className={classes.quiet}>{t('install.values.more', { count: values.length - shownAtMost })}</p>
      )}
    </section>
  ))
}

function Value({ value }: { readonly value: ReleaseValue }) {
  return (
    <li className={classes.value} data-origin={value.origin}>
      <span className={`${classes.path} mono`}>{valuePathText(value.path)}</span>
      <span className={`${classes.text} mono`}>{textOf(value)}</span>
      <span className={classes.origin}>{sourceText(value)}</span>
      {value.credential !== undefined && (
        <span className={classes.origin}>{t('install.values.credential', { id: value.credential })}</span>
      )}
      {value.replaces.map((source) => (
        <span key={source.origin} className={classes.replaced}>
          {t('install.values.replaces', { value: textOf(source), source: sourceText(source) })}
        </span>
      ))}
    </li>
  )
}

const textOf = ({ value, hidden, origin }: ValueSource): string => {
  if (!hidden) return JSON.stringify(value)
  return origin === 'override' ? t('install.values.inVault') : t('install.values.hidden')
}

function sourceText({ origin, place, settings }: ValueSource): string {
  if (origin === 'chart')
    return place === undefined
      ? t('install.values.source.chart')
      : t('install.values.source.chartLine', { file: place.file, line: place.line })
  if (origin !== 'setting') return t(`install.values.source.${origin}`)
  return settings
    .map(({ name, isDefault }) =>
      t(isDefault ? 'install.values.source.settingDefault' : 'install.values.source.setting', { name }),
    )
    .join(', ')
}
