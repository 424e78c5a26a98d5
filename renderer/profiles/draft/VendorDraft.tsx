import { Button, FileButton, TextInput } from '@mantine/core'
import { useStore } from 'zustand'
import type { Context } from '../../../preload/contract/clusters.ts'
import { blockedContext, ContextChooser, type ContextChooserProps } from '../../install/ContextChooser.tsx'
import { vendor } from '../../strings/en/vendor.ts'
import { addMessages, t } from '../../strings/t.ts'
import { IconArrowLeft } from '../../ui/icons.ts'
import { Notice, ProblemNotice } from '../../ui/Notice.tsx'
import { Loading } from '../../ui/Skeleton.tsx'
import classes from './Draft.module.css'
import { nameFrom, tooMuch } from './files.ts'
import { Review } from './Review.tsx'
import { namespacesIn, type SavedDraft, type VendorDraftStore } from './store.ts'

addMessages({ vendor })

export interface VendorDraftProps extends Pick<ContextChooserProps, 'clusters' | 'trust'> {
  readonly store: VendorDraftStore
  /** The own profile that is updated; undefined for a new one. */
  readonly profile: string | undefined
  /** Of all profiles. */
  readonly names: readonly string[]
  readonly onBack: () => void
  readonly onSaved: (saved: SavedDraft) => void
}

/** A profile from a vendor's files, or the update of one: first the files, then the review of what they show. */
export function VendorDraft({ store, clusters, trust, profile, names, onBack, onSaved }: VendorDraftProps) {
  const draft = useStore(store, (state) => state.draft)
  const title = profile === undefined ? t('profiles.vendor.title') : t('vendor.titleUpdate', { name: profile })
  return (
    <div className={classes.view}>
      <header className={classes.head}>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconArrowLeft size={14} aria-hidden />}
          onClick={onBack}
        >
          {t('profiles.vendor.back')}
        </Button>
        <h1 className={classes.heading}>{title}</h1>
      </header>
      {draft === undefined ? (
        <Files store={store} clusters={clusters} trust={trust} profile={profile} names={names} />
      ) : (
        <Review store={store} isUpdate={profile !== undefined} onSaved={onSaved} />
      )}
    </div>
  )
}

const slug = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
/** React's types do not have this attribute. */
const wholeFolder: object = { webkitdirectory: '' }
const shownFiles = 200
const kilobytes = (bytes: number): number => Math.ceil(bytes / 1_000)

type FilesProps = Pick<VendorDraftProps, 'store' | 'clusters' | 'trust' | 'profile' | 'names'>

function Files({ store, clusters, trust, profile, names }: FilesProps) {
  const { name, files, cluster, refused, working, problem } = useStore(store)
  const contexts = useStore(clusters, (state) => state.list?.contexts) ?? []
  const { choose, removeFiles, setCluster, setName, propose, cancel } = store.getState()
  const take = (chosen: File[]) =>
    choose(chosen.map((file) => ({ path: file.webkitRelativePath || file.name, size: file.size, file })))
  const excess = tooMuch(files)
  const nameFault = nameFaultOf(name, profile === undefined ? names : [])
  const clusterFault = cluster && clusterFaultOf(cluster, contexts)
  const hasSource = files.length > 0 || (cluster !== undefined && cluster.contextId !== undefined)
  if (working !== undefined)
    return (
      <div className={classes.files}>
        <Loading what={t('vendor.proposing')} />
        <div>
          <Button variant="default" size="compact-sm" onClick={cancel}>
            {t('ui.cancel')}
          </Button>
        </div>
      </div>
    )
  return (
    <div className={classes.files}>
      <p className={classes.about}>{profile === undefined ? t('vendor.about') : t('vendor.aboutUpdate')}</p>
      <div className={classes.row}>
        <FileButton multiple onChange={take}>
          {(props) => (
            <Button {...props} variant="default">
              {t('vendor.chooseFiles')}
            </Button>
          )}
        </FileButton>
        <FileButton multiple onChange={take} inputProps={wholeFolder}>
          {(props) => (
            <Button {...props} variant="default">
              {t('vendor.chooseFolder')}
            </Button>
          )}
        </FileButton>
        {cluster === undefined && (
          <Button variant="default" onClick={() => setCluster({ contextId: undefined, namespaces: '' })}>
            {t('vendor.cluster.choose')}
          </Button>
        )}
        {files.length > 0 && (
          <>
            <span className={classes.quiet} role="status">
              {t('vendor.chosen', {
                count: files.length,
                size: kilobytes(files.reduce((bytes, { size }) => bytes + size, 0)),
              })}
            </span>
            <Button variant="subtle" size="compact-sm" onClick={removeFiles}>
              {t('vendor.removeFiles')}
            </Button>
          </>
        )}
      </div>
      {cluster !== undefined && <Cluster store={store} clusters={clusters} trust={trust} />}
      {refused.length > 0 && (
        <Notice tone="warn" role="alert" title={t('vendor.refused.title', { count: refused.length })}>
          <ul className={classes.paths}>
            {refused.slice(0, shownFiles).map(({ path, why }) => (
              <li key={path}>
                <span className="mono">{path}</span>: {t(`vendor.refused.${why}`)}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {excess !== undefined && <Notice tone="bad" role="alert" title={t(`vendor.tooMuch.${excess}`)} />}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {files.length > 0 && (
        <ul className={`${classes.paths} ${classes.chosen} mono`} aria-label={t('vendor.files')}>
          {files.slice(0, shownFiles).map(({ path, size }) => (
            <li key={path}>
              <span>{path}</span>
              <span className={classes.quiet}>{t('vendor.size', { size: kilobytes(size) })}</span>
            </li>
          ))}
          {files.length > shownFiles && <li>{t('vendor.moreFiles', { count: files.length - shownFiles })}</li>}
        </ul>
      )}
      {profile === undefined && hasSource && (
        <TextInput
          className={classes.name}
          label={t('vendor.name')}
          description={t('profiles.copy.nameHint')}
          value={name}
          error={name === '' ? undefined : nameFault}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
      )}
      {hasSource && (
        <div>
          <Button
            disabled={nameFault !== undefined || excess !== undefined || clusterFault !== undefined}
            onClick={() => void propose()}
          >
            {profile === undefined ? t('vendor.propose') : t('vendor.compare')}
          </Button>
        </div>
      )}
    </div>
  )
}

/** The cluster whose releases are read. */
function Cluster({ store, clusters, trust }: Pick<VendorDraftProps, 'store' | 'clusters' | 'trust'>) {
  const { cluster, name } = useStore(store)
  const { setCluster, setName } = store.getState()
  if (cluster === undefined) return null
  const chooseContext = (contextId: string) => {
    setCluster({ ...cluster, contextId })
    const chosen = clusters.getState().list?.contexts.find(({ id }) => id === contextId)
    if (name === '' && chosen !== undefined) setName(nameFrom(chosen.name))
  }
  const hasFault = !namespacesIn(cluster.namespaces).every((each) => slug.test(each))
  return (
    <section className={classes.cluster} aria-label={t('vendor.cluster.title')}>
      <div className={classes.row}>
        <h2 className={classes.subheading}>{t('vendor.cluster.title')}</h2>
        <Button variant="subtle" size="compact-sm" onClick={() => setCluster(undefined)}>
          {t('vendor.cluster.remove')}
        </Button>
      </div>
      <p className={classes.about}>{t('vendor.cluster.about')}</p>
      <div className={classes.contexts}>
        <ContextChooser clusters={clusters} trust={trust} chosenId={cluster.contextId} onChoose={chooseContext} />
      </div>
      <TextInput
        className={classes.name}
        label={t('vendor.cluster.namespaces')}
        description={t('vendor.cluster.namespacesHint')}
        value={cluster.namespaces}
        error={hasFault ? t('vendor.cluster.namespacesInvalid') : undefined}
        onChange={({ currentTarget }) => setCluster({ ...cluster, namespaces: currentTarget.value })}
      />
    </section>
  )
}

/** Why the cluster cannot be read; undefined: it can. */
function clusterFaultOf(
  { contextId, namespaces }: { readonly contextId: string | undefined; readonly namespaces: string },
  contexts: readonly Context[],
): string | undefined {
  if (!namespacesIn(namespaces).every((each) => slug.test(each))) return t('vendor.cluster.namespacesInvalid')
  return blockedContext(contexts, contextId)
}

function nameFaultOf(name: string, taken: readonly string[]): string | undefined {
  if (!slug.test(name)) return t('profiles.copy.nameInvalid')
  return taken.includes(name) ? t('vendor.nameTaken') : undefined
}
