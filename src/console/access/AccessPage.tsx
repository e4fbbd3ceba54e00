import { accessPoliciesSchema } from '../../shared/contracts/access-policies.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { AccessForm } from './AccessForm.tsx';

/** From where members may take images: registries by host name, and kinds of images of the public one. */
export function AccessPage() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({ path: api('access-policies'), answer: accessPoliciesSchema });
  return (
    <>
      <PageHead title={t('access.title')} text={t('access.text')} />
      <Notice tone="info" title={t('access.notEnforcedTitle')}>
        {t('access.notEnforced')}
      </Notice>
      <Gate loaded={loaded}>{(access, tag) => <AccessForm access={access} tag={tag ?? ''} />}</Gate>
    </>
  );
}
