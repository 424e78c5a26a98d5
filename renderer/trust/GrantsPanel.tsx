import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { commandText } from '../../preload/command-text.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { ConsentItem, Grant } from '../../preload/contract/trust.ts'
import { exactText } from '../../preload/visible-text.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Panel } from '../ui/Panel.tsx'
import { At } from '../ui/Time.tsx'
import type { TrustStore } from './store.ts'
import classes from './Trust.module.css'

/** The user's decisions, each with the button that takes it back. */
export function GrantsPanel({ store }: { readonly store: TrustStore }) {
  const { grants, problem: loadProblem, load } = useStore(store)
  const [problem, setProblem] = useState<ProblemReport>()
  const shown = problem ?? loadProblem
  useEffect(() => {
    void load()
  }, [load])
  return (
    <Panel id="settings-allowed" title={t('trust.granted.title')}>
      <p className={classes.note}>{t('trust.granted.details')}</p>
      {shown !== undefined && <ProblemNotice problem={shown} />}
      {grants?.length === 0 && <div>{t('trust.granted.empty')}</div>}
      {grants !== undefined && grants.length > 0 && (
        <ul className={classes.grants} aria-label={t('trust.granted.list')}>
          {grants.map((grant) => (
            <GrantLine key={grant.id} grant={grant} store={store} onProblem={setProblem} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

interface GrantLineProps {
  readonly grant: Grant
  readonly store: TrustStore
  readonly onProblem: (problem: ProblemReport | undefined) => void
}

function GrantLine({ grant, store, onProblem }: GrantLineProps) {
  const [busy, setBusy] = useState(false)
  const lines = linesOf(grant)
  return (
    <li>
      <div>
        {lines.map((line) => (
          <div key={line}>
            <bdi>{line}</bdi>
          </div>
        ))}
        <div className={classes.quiet}>
          <Rich
            message="trust.granted.from"
            values={{
              file: (
                <bdi key="file" className="mono">
                  {exactText(grant.file)}
                </bdi>
              ),
              at: <At key="at" at={grant.at} />,
            }}
          />
        </div>
      </div>
      <Button
        variant="default"
        size="compact-xs"
        loading={busy}
        aria-label={t('trust.granted.revokeOne', { what: lines.join('; ') })}
        onClick={() => {
          setBusy(true)
          void store
            .getState()
            .revoke(grant.id)
            .then((problem) => {
              setBusy(false)
              onProblem(problem)
            })
        }}
      >
        {t('trust.granted.revoke')}
      </Button>
    </li>
  )
}

function linesOf(grant: Grant): string[] {
  if (grant.kind === 'kubeconfig') return [t('trust.granted.known')]
  if (grant.kind === 'program') return [t('trust.granted.run', { command: commandText(grant.path, []) })]
  if (grant.kind === 'profile') return [t('trust.granted.profile', { plane: grant.plane })]
  const { items, variables } = grant
  return [
    ...items.map(describe),
    ...(variables.length === 0 ? [] : [t('trust.granted.with', { variables: exactText(variables.join(', ')) })]),
  ]
}

function describe(item: ConsentItem): string {
  if (item.kind === 'program') return t('trust.granted.run', { command: commandText(item.path, item.args) })
  const server = exactText(item.server)
  if (item.kind === 'unencrypted') return t('trust.granted.unencrypted', { server })
  return t('trust.granted.send', { file: exactText(item.file), server })
}
