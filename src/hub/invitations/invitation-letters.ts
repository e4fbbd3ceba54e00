import type { InvitationResult } from '../../shared/contracts/hub-provisioning.ts';
import type { Letter, Mailer } from '../mail/mailer.ts';

/** How many days an invitation can be accepted. */
export const DAYS = 14;

/** Letters under way at once: mail servers turn away whoever comes with hundreds of connections. */
const AT_ONCE = 4;

/** Where people are invited to, and how they hear of it. */
export interface InvitingPlace {
  readonly organizationId: string;
  readonly publicUrl: string;
  readonly mail: Mailer;
}

/** Sends a letter for each result that has a link, a few at a time; answers the results with what became of them. */
export async function sendLetters(
  place: InvitingPlace,
  organization: string,
  results: readonly InvitationResult[],
): Promise<readonly InvitationResult[]> {
  const sent = [...results];
  const waiting = results.entries();
  const lane = async (): Promise<void> => {
    for (const [index, result] of waiting) sent[index] = await mailed(place, organization, result);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return sent;
}

async function mailed(
  { mail }: InvitingPlace,
  organization: string,
  result: InvitationResult,
): Promise<InvitationResult> {
  if (result.link === null) return result;
  const sent = await mail.send(letter(result.email, organization, result.link));
  return {
    ...result,
    mailed: sent,
    detail: sent ? 'A letter was sent.' : 'No letter was sent: hand over the link.',
  };
}

/** The letter to somebody who is invited. */
export function letter(to: string, organization: string, link: string): Letter {
  const name = organization.replaceAll(/[\r\n]+/g, ' ');
  return {
    to,
    subject: `Invitation to ${name}`,
    text: `You are invited to join ${name} in Mooring.\n\nAccept the invitation here, within ${DAYS} days:\n${link}\n\nIf you did not expect it, ignore this letter: nothing happens without you.\n`,
  };
}

/** The address where an invitation is accepted. */
export function linkOf({ publicUrl }: Pick<InvitingPlace, 'publicUrl'>, secret: string): string {
  return `${publicUrl}/invitations/${secret}`;
}
