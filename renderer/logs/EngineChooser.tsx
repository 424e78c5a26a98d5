import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { FoundLogEngines, LogEngine, LogEngineKind } from '../../preload/contract/logs.ts'
import { isTenantName, servicePortOf } from '../../preload/engine-service.ts'
import type { Outcome } from '../lib/outcome.ts'
import { t } from '../strings/t.ts'
import { ButtonPopover } from '../ui/ButtonPopover.tsx'
import { IconCheck, IconSearch } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import classes from './EngineChooser.module.css'
import { engineKinds, indexLimitCharacters } from './engineKinds.ts'
import { engineKindName, engineName } from './engineName.ts'
import type { LogsStore } from './state.ts'

interface EngineChooserProps {
  readonly store: LogsStore
}

/** Where the view searches: on this computer, or in a log engine of the plane's cluster. */
export function EngineChooser({ store }: EngineChooserProps) {
  const [opened, setOpened] = useState(false)
  const engine = useStore(store, (state) => state.engine)
  const stored = useStore(store, (state) => state.status?.records ?? 0)
  const found = useFound(store, opened)
  const choose = (chosen: LogEngine | undefined) => {
    setOpened(false)
    if (JSON.stringify(chosen) !== JSON.stringify(engine)) store.getState().setEngine(chosen)
  }
  const offered = found?.ok === true ? found.value.engines : []
  const isListed = offered.some((each) => each.engine.service === engine?.service && engine.tenant === undefined)
  return (
    <ButtonPopover
      label={t('logs.engine.searched', { where: engineName(engine) })}
      title={t('logs.engine.title')}
      icon={<IconSearch size={14} aria-hidden />}
      width={380}
      align="start"
      opened={opened}
      onChange={setOpened}
    >
      <div className={classes.places}>
        <Place
          title={t('logs.engine.here')}
          about={t('logs.engine.hereAbout', { count: stored })}
          isChosen={engine === undefined}
          onChoose={() => choose(undefined)}
        />
        {engine !== undefined && !isListed && (
          <Place title={engineName(engine)} about="" isChosen onChoose={() => choose(engine)} />
        )}
        {offered.map((each) => (
          <Place
            key={`${each.engine.kind} ${each.engine.service}`}
            title={engineName(each.engine)}
            about={each.evidence}
            isChosen={isListed && each.engine.service === engine?.service}
            onChoose={() => choose(each.engine)}
          />
        ))}
      </div>
      <div role="status" className={classes.about}>
        {found === undefined && t('logs.engine.looking')}
        {found?.ok === true && <Looked found={found.value} />}
      </div>
      {found?.ok === false && <ProblemNotice problem={found.problem} />}
      <OtherService engine={engine} onChoose={choose} />
    </ButtonPopover>
  )
}

/** What was found in the cluster, once for each time that the chooser is opened. */
function useFound(store: LogsStore, opened: boolean): Outcome<FoundLogEngines> | undefined {
  const [found, setFound] = useState<Outcome<FoundLogEngines>>()
  useEffect(() => {
    if (!opened) return
    let isCurrent = true
    setFound(undefined)
    void store
      .getState()
      .engines()
      .then((outcome) => {
        if (isCurrent) setFound(outcome)
      })
    return () => {
      isCurrent = false
    }
  }, [opened, store])
  return found
}

interface PlaceProps {
  readonly title: string
  readonly about: string
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function Place({ title, about, isChosen, onChoose }: PlaceProps) {
  return (
    <button type="button" className={classes.place} aria-pressed={isChosen} onClick={onChoose}>
      <span className={classes.check}>{isChosen && <IconCheck size={14} aria-hidden />}</span>
      <span className={classes.name}>{title}</span>
      {about !== '' && <span className={classes.evidence}>{about}</span>}
    </button>
  )
}

/** Where it was looked, and what for want of a permission was not. */
function Looked({ found: { engines, namespaces, refused } }: { readonly found: FoundLogEngines }) {
  if (namespaces === null) return engines.length === 0 ? t('logs.engine.none') : ''
  if (engines.length > 0)
    return refused.length === 0 ? '' : t('logs.engine.refusedIn', { namespaces: refused.join(', ') })
  return namespaces.length === 0
    ? t('logs.engine.noneListed', { refused: refused.length, namespaces: refused.join(', ') })
    : t('logs.engine.noneIn', { namespaces: namespaces.join(', ') })
}

interface OtherServiceProps {
  readonly engine: LogEngine | undefined
  readonly onChoose: (engine: LogEngine) => void
}

/** A service by its name, for an engine that was not found, or that has tenants or indices. */
function OtherService({ engine, onChoose }: OtherServiceProps) {
  const [service, setService] = useState(engine?.service ?? '')
  const [tenant, setTenant] = useState(engine?.tenant ?? '')
  const [index, setIndex] = useState(engine?.index ?? '')
  const [kind, setKind] = useState<LogEngineKind>(engine?.kind ?? engineKinds[0])
  const [shown, setShown] = useState(false)
  const wrongService = servicePortOf(service.trim()) === undefined
  const isLoki = kind === 'loki'
  const [named, indices] = [tenant.trim(), index.trim()]
  const wrongTenant = isLoki && named !== '' && !isTenantName(named)
  return (
    <form
      className={classes.other}
      aria-label={t('logs.engine.other')}
      onSubmit={(event) => {
        event.preventDefault()
        setShown(true)
        if (wrongService || wrongTenant) return
        onChoose({
          kind,
          service: service.trim(),
          ...(isLoki && named !== '' && { tenant: named }),
          ...(!isLoki && indices !== '' && { index: indices }),
        })
      }}
    >
      <SegmentedControl
        size="xs"
        aria-label={t('logs.engine.kinds')}
        data={engineKinds.map((value) => ({ value, label: t(`logs.engine.kind.${value}`) }))}
        value={kind}
        onChange={setKind}
      />
      <TextInput
        size="xs"
        label={t('logs.engine.service', { kind: engineKindName({ kind, service }) })}
        description={t('logs.engine.serviceForm')}
        value={service}
        error={shown && wrongService && t('logs.engine.serviceWrong')}
        onChange={({ currentTarget }) => setService(currentTarget.value)}
      />
      {isLoki ? (
        <TextInput
          size="xs"
          label={t('logs.engine.tenant')}
          value={tenant}
          error={shown && wrongTenant && t('logs.engine.tenantWrong')}
          onChange={({ currentTarget }) => setTenant(currentTarget.value)}
        />
      ) : (
        <TextInput
          size="xs"
          label={t('logs.engine.index')}
          maxLength={indexLimitCharacters}
          value={index}
          onChange={({ currentTarget }) => setIndex(currentTarget.value)}
        />
      )}
      <Button type="submit" size="compact-sm" variant="default">
        {t('logs.engine.use')}
      </Button>
    </form>
  )
}
