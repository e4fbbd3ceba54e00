import { useState } from 'react';
import type { z } from 'zod';
import type { Member } from '../../shared/contracts/hub-api.ts';
import { passwordLinkSchema } from '../../shared/contracts/hub-sso.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { useChange } from '../parts/use-change.ts';

/** Makes the link with which a member chooses a new password; it goes by mail, and is shown to be handed over. */
export function PasswordLink({
  member: { userId, email },
  onClose,
}: {
  readonly member: Pick<Member, 'userId' | 'email'>;
  readonly onClose: () => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [made, setMade] = useState<z.infer<typeof passwordLinkSchema> | null>(null);
  const make = async () => {
    const request = { method: 'POST', path: api('members', userId, 'password-link') } as const;
    const answer = await change.send({ ...request, answer: passwordLinkSchema });
    if (answer.ok) setMade(answer.value);
  };
  return (
    <FormDialog
      title={t('members.passwordLinkTitle', { email })}
      submit={t(made === null ? 'members.passwordLinkMake' : 'action.close')}
      change={change}
      alone={made !== null}
      onClose={onClose}
      onSubmit={() => (made === null ? void make() : onClose())}
    >
      {made === null ? (
        <p>{t('members.passwordLinkText')}</p>
      ) : (
        <div className={layout.stack} role="status">
          <p>
            {t(made.mailed ? 'members.passwordLinkMailed' : 'members.passwordLinkMade')}{' '}
            {t('members.passwordLinkUntil')} <When within at={made.expiresAt} />.
          </p>
          <div className={layout.secret}>
            <code>{made.url}</code>
            <CopyButton text={() => made.url} label={t('members.copyLink')} />
          </div>
        </div>
      )}
    </FormDialog>
  );
}
