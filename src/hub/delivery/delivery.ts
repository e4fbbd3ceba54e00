import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { Announcements } from '../database/announcements.ts';
import type { Db } from '../database/connection.ts';
import { createAgentAccess } from '../identity/agent-access.ts';
import { agentOverrideRoutes } from '../overrides/agent-override-routes.ts';
import { agentReportRoutes } from '../reports/agent-report-routes.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import type { HubPlugin } from '../server.ts';
import { registerAgentRoutes } from './agent-routes.ts';
import { createBundles } from './bundles.ts';
import { eventRoutes } from './event-routes.ts';
import { createEventStreams, type EventStreams } from './event-streams.ts';
import { offlineRoutes } from './offline-routes.ts';
import { ensureSigningKey } from './signing-keys.ts';

export interface DeliveryOptions {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly clock: Clock;
  readonly announcements: Announcements;
  readonly publicUrl: string;
}

/**
 * Composes delivery: what desktops ask of the hub. Makes the first signing key; call it after migrating. What is
 * kept in memory ends when the server closes.
 */
export async function createDelivery(options: DeliveryOptions): Promise<{ readonly plugin: HubPlugin }> {
  const { db, secret, clock, announcements, publicUrl } = options;
  await ensureSigningKey({ db, secret }, new Date(clock.now()));
  const access = createAgentAccess({ db, secret, now: () => new Date(clock.now()) }, announcements);
  const bundles = createBundles({ keys: { db, secret }, announcements, clock, issuer: publicUrl });
  const plugin: HubPlugin = (app, context) => {
    const { log, metrics, answerEarly } = context;
    const streams = createEventStreams({
      ...{ db, clock, announcements, random: Math.random },
      ...{ prepare: bundles.prepare, renew: access.renew },
      onError: (error) =>
        log.warn({ err: error }, 'event streams could not be brought up to date; trying again'),
    });
    measureStreams(metrics, streams);
    registerAgentRoutes(app, { db, access, bundles, answerEarly });
    eventRoutes(app, { db, access, streams });
    offlineRoutes(app, context, { db, secret });
    agentReportRoutes(app, { db, access, clock });
    agentOverrideRoutes(app, { db, access, clock });
    app.addHook('onClose', async () => {
      access.stop();
      bundles.stop();
    });
  };
  return { plugin };
}

function measureStreams(registry: Registry, streams: EventStreams): void {
  new Gauge({
    name: 'mooring_hub_event_streams',
    help: 'Event streams of desktops that are open.',
    registers: [registry],
    collect() {
      this.set(streams.size);
    },
  });
}
