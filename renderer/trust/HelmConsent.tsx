import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { exactText } from '../../preload/visible-text.ts'
import { t } from '../strings/t.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Facts } from '../ui/Panel.tsx'
import { Status, stepStatus, verdictStatus } from '../ui/Status.tsx'
import { decisionLabel } from './decisionLabel.ts'
import type { TrustStore } from './store.ts'
import classes from './Trust.module.css'

/** The helm on the PATH in full, and the button that allows Hangar to run it. Nothing runs before. */
export function HelmConsent({ store }: { readonly store: TrustStore }) {
  const { helm, helmProblem, loadHelm, allowHelm } = useStore(store)
  const [problem, setProblem] = useState<ProblemReport>()
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    void loadHelm()
  }, [loadHelm])
  if (helmProblem !== undefined) return <ProblemNotice problem={helmProblem} tone="warn" />
  if (helm === undefined) return null
  const { path, file, sha256, isScript, given } = helm
  return (
    <section className={classes.demand} aria-label={t('trust.helm.title')}>
      <h3 className={classes.title}>{t('trust.helm.title')}</h3>
      <p className={classes.about}>{t('trust.helm.about')}</p>
      <Facts
        rows={[
          [
            t('trust.helm.state'),
            <Status
              key="state"
              appearance={given ? stepStatus.done : verdictStatus.warn}
              label={t(given ? 'trust.helm.allowed' : 'trust.helm.notAllowed')}
            />,
          ],
          [t('trust.helm.program'), <Exact key="path" text={path} />],
          ...(file === path ? [] : ([[t('trust.helm.file'), <Exact key="file" text={file} />]] as const)),
          ['SHA-256', <Exact key="hash" text={sha256} />],
        ]}
      />
      {isScript && <p className={classes.about}>{t('trust.helm.script')}</p>}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {!given && (
        <Button
          size="compact-sm"
          loading={busy}
          onClick={() => {
            setBusy(true)
            void allowHelm(helm.id).then((allowProblem) => {
              setBusy(false)
              setProblem(allowProblem)
            })
          }}
        >
          {decisionLabel(t('trust.helm.allow'))}
        </Button>
      )}
    </section>
  )
}

/** Text of the file system; it cannot hide a character. */
const Exact = ({ text }: { readonly text: string }) => <bdi className="mono">{exactText(text)}</bdi>
