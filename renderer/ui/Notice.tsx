import { Button } from '@mantine/core'
import { type ReactNode, useContext } from 'react'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { problemText } from '../lib/problem.ts'
import { t } from '../strings/t.ts'
import { CopyButton } from './CopyButton.tsx'
import { HelpLink } from './HelpLink.tsx'
import { IconAlert, IconCircleCheck, IconCircleX, IconInfo } from './icons.ts'
import classes from './Notice.module.css'
import { needsReview, ReviewContext } from './review.ts'

const icons = { bad: IconCircleX, warn: IconAlert, good: IconCircleCheck, busy: IconInfo } as const

export interface NoticeProps {
  readonly tone: keyof typeof icons
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
  /** Screen readers announce an `alert` at once; use it for a failure that has just happened. */
  readonly role?: 'alert' | 'status'
}

/** A message about the rest of the page. */
export function Notice({ tone, title, children, actions, role }: NoticeProps) {
  const Icon = icons[tone]
  return (
    <div className={classes.notice} data-tone={tone} role={role}>
      <Icon size={18} aria-hidden className={classes.icon} />
      <div className={classes.body}>
        <div className={classes.title}>{title}</div>
        {children}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  )
}

export interface ProblemNoticeProps {
  readonly problem: ProblemReport
  readonly tone?: 'bad' | 'warn'
  readonly actions?: ReactNode
}

/** What happened, what to do, and the evidence to copy. A decision that is needed is a question to the user, not a failure. */
export function ProblemNotice({ problem, tone = 'bad', actions }: ProblemNoticeProps) {
  const review = useContext(ReviewContext)
  const asks = needsReview(problem)
  return (
    <Notice
      tone={asks ? 'warn' : tone}
      role="alert"
      title={problem.message}
      actions={
        <>
          {actions}
          {asks && review !== undefined && (
            <Button size="compact-xs" onClick={() => review()}>
              {t('ui.review')}
            </Button>
          )}
          <HelpLink topic="errors" name={problem.code} />
          <CopyButton label={t('ui.copyEvidence')} text={() => problemText(problem)} />
        </>
      }
    >
      <div>{problem.hint}</div>
      {problem.evidence !== '' && (
        <details className={classes.evidence}>
          <summary>{t('ui.evidence', { code: problem.code })}</summary>
          <pre className="mono">{problem.evidence}</pre>
        </details>
      )}
    </Notice>
  )
}
