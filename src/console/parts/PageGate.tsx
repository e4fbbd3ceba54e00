import type { ReactNode } from 'react';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useFailureText } from '../hub/failure-text.ts';
import { Gate } from '../hub/Gate.tsx';
import type { Loaded } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { To } from './To.tsx';

/** Shows the page of one thing. Who follows a link to one that is gone is told so, and finds the list of them. */
export function PageGate<T>({
  loaded,
  list,
  children,
}: {
  readonly loaded: Loaded<T>;
  readonly list: 'policies' | 'members' | 'teams' | 'compliance' | 'sso';
  readonly children: (value: T, tag: string | null) => ReactNode;
}) {
  const { t } = useConsoleText();
  const { page } = useHere();
  const failureText = useFailureText();
  if (loaded.state !== 'failed' || loaded.failure.kind !== 'refused' || loaded.failure.status !== 404)
    return <Gate loaded={loaded}>{children}</Gate>;
  return (
    <>
      <PageHead title={t('missing.title')} text={failureText(loaded.failure)} />
      <p>
        <To page={page(list)}>{t(`nav.${list}`)}</To>
      </p>
    </>
  );
}
