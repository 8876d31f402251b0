from odoo.tests import tagged

from .dry_run_common import DryRunCase


@tagged("post_install", "-at_install")
class TestCrmNurtureDryRun(DryRunCase):
    """What a dry run says comes true when nobody reacts."""

    def test_drafts_at_random(self):
        for seed in range(6):
            with self.subTest(seed=seed), self.undone():
                sequence = self._random_sequence(seed)
                run = sequence._dry_run()
                sequence.action_publish()
                sequence._enroll_audience()
                self.run_until(days=1000)
                self.assertSame(self.foreseen(run), self.happened(sequence))
                self.assertSame(self.foreseen_ends(run), self.ends(sequence))
                self.assertFalse(run.under_way())

    def test_running_sequences_at_random(self):
        for seed in range(100, 104):
            with self.subTest(seed=seed), self.undone():
                sequence = self._random_sequence(seed)
                sequence.action_publish()
                sequence._enroll_audience()
                self.run_until(days=4, hours=5)
                self._people(5)
                last = self.deliveries.search([], order="id desc", limit=1).id
                run = sequence._dry_run()
                before = self.ends(sequence)
                sequence._enroll_audience()
                self.run_until(days=1000)
                self.assertSame(self.foreseen(run), self.happened(sequence, after=last))
                self.assertSame(self.foreseen_ends(run), self.ends(sequence) - before)
