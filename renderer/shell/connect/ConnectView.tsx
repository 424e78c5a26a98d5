import { Button, TextInput } from '@mantine/core'
import { Suspense, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { PlaneDiscovery } from '../../../preload/contract/install.ts'
import { blockedContext, ContextChooser } from '../../install/ContextChooser.tsx'
import { freeName, isPlaneName } from '../../install/planeName.ts'
import type { FormHandle } from '../../install/SettingsForm.tsx'
import { t } from '../../strings/t.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { IconSearch } from '../../ui/icons.ts'
import { lazyView } from '../../ui/lazyView.tsx'
import { NameSelect } from '../../ui/NameSelect.tsx'
import { ProblemNotice } from '../../ui/Notice.tsx'
import { ReviewContext } from '../../ui/review.ts'
import { Loading } from '../../ui/Skeleton.tsx'
import pageClasses from '../PlaneView.module.css'
import { useSession } from '../sessionContext.ts'
import classes from './ConnectView.module.css'
import { DiscoveryTables } from './DiscoveryTables.tsx'

const SettingsForm = lazyView(() => import('../../install/SettingsForm.tsx').then((file) => file.SettingsForm))

/** Connects to a plane that runs already: cluster and profile, what was found, and a name for it. */
export function ConnectView() {
  const session = useSession()
  const { connect, clusters, trust, profiles } = session
  const { contextId, profile, found, problem, busy, chooseContext, chooseProfile, discover } = useStore(connect)
  const contexts = useStore(clusters, (state) => state.list?.contexts) ?? []
  const entries = useStore(profiles, (state) => state.entries) ?? []
  const result = useRef<HTMLElement>(null)
  useEffect(() => {
    if (profile !== undefined) void profiles.getState().get(profile)
  }, [profile, profiles])
  // What was found is below the form.
  useEffect(() => {
    if (found !== undefined) result.current?.focus()
  }, [found])
  const blocked =
    blockedContext(contexts, contextId) ?? (profile === undefined ? t('connect.chooseProfile') : undefined)
  return (
    <>
      <header className={pageClasses.head}>
        <h1 className={pageClasses.name}>{t('shell.connectPlane')}</h1>
      </header>
      <div className={classes.view}>
        <p className={classes.intro}>{t('connect.intro')}</p>
        <section className={classes.clusters} aria-label={t('connect.cluster')}>
          <h2 className={classes.subtitle}>{t('connect.cluster')}</h2>
          <ContextChooser clusters={clusters} trust={trust} chosenId={contextId} onChoose={chooseContext} />
        </section>
        <NameSelect
          className={classes.field}
          label={t('connect.profile')}
          description={t('connect.profileHint')}
          placeholder={t('connect.chooseProfile')}
          data={entries
            .filter((entry) => entry.problem === undefined)
            .map(({ name, title }) => ({ value: name, label: title }))}
          value={profile ?? null}
          allowDeselect={false}
          onChange={(value) => value !== null && chooseProfile(value)}
        />
        <div className={classes.actions}>
          <Button
            variant={found === undefined ? 'filled' : 'default'}
            leftSection={<IconSearch size={15} aria-hidden />}
            loading={busy && found === undefined}
            disabled={blocked !== undefined}
            onClick={() => void discover()}
          >
            {t('connect.discover')}
          </Button>
          <span className={classes.quiet} role="status">
            {busy && found === undefined ? t('connect.discovering') : blocked}
          </span>
        </div>
        {problem !== undefined && (
          <ReviewContext
            value={() => contextId !== undefined && void trust.getState().review(contextId, () => void discover())}
          >
            <ProblemNotice problem={problem} />
          </ReviewContext>
        )}
        {found !== undefined && (
          <section className={classes.found} aria-label={t('connect.found')} ref={result} tabIndex={-1}>
            {found.isInstalled ? (
              <>
                <h2 className={classes.subtitle}>{t('connect.found')}</h2>
                <p className={classes.intro}>{t(`connect.installedBy.${found.installedBy}`)}</p>
                <DiscoveryTables discovery={found} />
                <Confirmation discovery={found} />
              </>
            ) : (
              <EmptyState drawing="parts" title={t('connect.nothing')}>
                {t('connect.nothingAbout')}
              </EmptyState>
            )}
          </section>
        )}
      </div>
    </>
  )
}

function Confirmation({ discovery }: { readonly discovery: PlaneDiscovery }) {
  const session = useSession()
  const { connect, planes, profiles, route } = session
  const busy = useStore(connect, (state) => state.busy)
  const known = useStore(planes, (state) => state.planes) ?? []
  const profile = useStore(profiles, (state) => state.profiles[discovery.profile])
  const [name, setName] = useState(() => freeName(discovery.profile, known))
  const [settings, setSettings] = useState(discovery.settings)
  const form = useRef<FormHandle>(null)
  const model = profile?.ok === true ? profile.value.managementModels.at(-1)?.id : undefined
  const nameProblem = !isPlaneName(name)
    ? t('install.profile.nameInvalid')
    : known.some((plane) => plane.name === name)
      ? t('install.profile.nameTaken')
      : undefined
  async function submit() {
    if (model === undefined || nameProblem !== undefined) return
    const connected = await connect.getState().connect({ name, managementModel: model, settings })
    if (connected?.ok !== true) return
    await planes.getState().load()
    route.getState().go({ view: 'plane', planeId: connected.value.id, tab: 'overview' })
  }
  return (
    <>
      <details className={classes.settings}>
        <summary>{t('connect.settings', { count: countLeaves(discovery.settings) })}</summary>
        {profile?.ok === true && (
          <Suspense fallback={<Loading what={t('connect.loadingForm')} />}>
            <SettingsForm schema={profile.value.settings} value={settings} onChange={setSettings} handle={form} />
          </Suspense>
        )}
      </details>
      <TextInput
        className={classes.field}
        label={t('connect.name')}
        value={name}
        maxLength={63}
        error={nameProblem}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <div className={classes.actions}>
        <Button
          disabled={model === undefined || nameProblem !== undefined}
          loading={busy}
          onClick={() => void submit()}
        >
          {t('connect.confirm')}
        </Button>
      </div>
    </>
  )
}

const countLeaves = (value: unknown): number =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.values(value).reduce<number>((sum, inner) => sum + countLeaves(inner), 0)
    : 1
