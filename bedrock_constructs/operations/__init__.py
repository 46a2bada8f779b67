"""What an operator watches: alarms that reach somebody, and a dashboard."""
